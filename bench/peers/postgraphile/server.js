// The desk's own tables by PostGraphile, with functions for who asks and what he sees.
// Run by node, with BENCH_DATABASE_URL and BENCH_SECRET in the environment.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createVerifier } from 'fast-jwt'
import pg from 'pg'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'

const verify = createVerifier({ key: process.env.BENCH_SECRET, algorithms: ['HS256'] })
const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: 10 })
await pool.query(readFileSync(new URL('functions.sql', import.meta.url), 'utf8'))

const VIEWER = `
  SELECT l.user_id, array(SELECT group_id FROM group_member m WHERE m.user_id = l.user_id)::text AS groups
  FROM login l JOIN desk_user u ON u.id = l.user_id
  WHERE l.id = $1 AND l.generation = $2 AND l.active AND u.active
    AND NOT EXISTS (SELECT FROM ended_token t WHERE t.token = $3)`

// As in the desk, a token is read once and a viewer who is known is asked about again after a second.
const known = new Map()

async function context (requestContext) {
  const header = requestContext.node?.req?.headers.authorization ?? ''
  const found = known.get(header)
  if (found && performance.now() - found.since < 1000) return found.context
  const token = verify(header.replace(/^Bearer /, ''))
  const { rows: [viewer] } = await pool.query({ name: 'viewer', text: VIEWER, values: [Number(token.sub), token.gen, token.jti] })
  if (!viewer) throw new Error('The token was ended.')
  const context = { pgSettings: { 'bench.user_id': String(viewer.user_id), 'bench.groups': viewer.groups } }
  known.set(header, { context, since: performance.now() })
  return context
}

const serving = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ pool, schemas: ['public'] })],
  grafast: { context },
  grafserv: { graphqlPath: '/graphql', watch: false, graphiql: false }
}).createServ(grafserv)
const server = createServer()
await serving.addTo(server)
server.listen(0, '127.0.0.1', () => console.error(`http://127.0.0.1:${server.address().port}`))
