// The desk's schema by mercurius with its JIT and loaders, on the desk's own tables through a pool of pg.
// Run by node, with BENCH_DATABASE_URL and BENCH_SECRET in the environment.
import { createVerifier } from 'fast-jwt'
import Fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'

pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, text => text.replace(' ', 'T').replace('+00', 'Z'))
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

const verify = createVerifier({ key: process.env.BENCH_SECRET, algorithms: ['HS256'] })
const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: 10, options: '-c timezone=UTC' })
const query = async (name, text, values) => (await pool.query({ name, text, values })).rows

const schema = `
  scalar DateTime
  scalar Cursor
  enum CasePriority { LOW MEDIUM HIGH CRITICAL }
  interface Actor { name: String! }
  type SystemActor implements Actor { name: String! }
  type User implements Actor { id: ID! name: String! }
  type Contact implements Actor {
    id: ID! name: String! account: Account cases(filter: CaseFilter, first: Int = 20): CaseConnection!
  }
  type Account { id: ID! name: String! }
  type CaseStatus { id: ID! name: String! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! endCursor: String }
  type Case {
    id: ID! number: String! subject: String! priority: CasePriority! registeredAt: DateTime! status: CaseStatus!
    contact: Contact account: Account assignee: User history(last: Int = 50): HistoryConnection!
  }
  type CaseConnection { nodes: [Case!]! pageInfo: PageInfo! }
  type ContactConnection { nodes: [Contact!]! pageInfo: PageInfo! }
  type HistoryConnection { nodes: [HistoryEntry!]! pageInfo: PageInfo! }
  interface HistoryEntry { id: ID! at: DateTime! actor: Actor! }
  type FeedPost implements HistoryEntry { id: ID! at: DateTime! actor: Actor! body: String! }
  type PortalMessage implements HistoryEntry { id: ID! at: DateTime! actor: Actor! body: String! }
  type CaseStatusChanged implements HistoryEntry {
    id: ID! at: DateTime! actor: Actor! from: CaseStatus! to: CaseStatus!
  }
  type Viewer { user: User }
  input CaseFilter { includeFinal: Boolean }
  input CaseKey { id: ID number: String }
  type Query {
    cases(filter: CaseFilter, first: Int = 20): CaseConnection!
    case(by: CaseKey!): Case
    contacts(first: Int = 20): ContactConnection!
    viewer: Viewer!
  }
  type UserError { code: String! message: String! }
  type NewPost { id: ID! cursor: Cursor! at: DateTime! actor: User! body: String! }
  type FeedPostPayload { feedPost: NewPost errors: [UserError!]! }
  input PostToFeedInput { caseId: ID! body: String! }
  type Mutation { postToFeed(input: PostToFeedInput!): FeedPostPayload! }
  type Subscription { feedPostAdded(caseId: ID!): NewPost! }`

const PRIORITIES = [null, 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']
const CASE = 'c.id, number, subject, priority, registered_at, status_id, contact_id, account_id, assignee_id'
const SEEN = '(c.assignee_id = $1 OR c.assignee_group_id IS NULL OR c.assignee_group_id = ANY($2))'
const OPEN = 'c.status_id NOT IN (SELECT id FROM case_status WHERE is_final)'
const NEWEST = 'ORDER BY c.registered_at DESC, c.id DESC'

const key = id => Number(id.slice(id.indexOf('_') + 1))
const seenBy = viewer => [viewer.userId, viewer.groups]

function page (rows, first) {
  const last = rows.at(-1)
  const endCursor = last ? Buffer.from(JSON.stringify([last.registered_at, last.id])).toString('base64url') : null
  return { nodes: rows.slice(0, first), pageInfo: { hasNextPage: rows.length > first, hasPreviousPage: false, endCursor } }
}

// As in the desk, a token is read once and a viewer who is known is asked about again after a second.
const known = new Map()

async function letIn (header = '') {
  const found = known.get(header)
  if (found && performance.now() - found.since < 1000) return found.viewer
  const viewer = await asked(verify(header.replace(/^Bearer /, '')))
  known.set(header, { viewer, since: performance.now() })
  return viewer
}

async function asked (token) {
  const [viewer] = await query('viewer', `
    SELECT l.user_id, u.name, array(SELECT group_id FROM group_member m WHERE m.user_id = l.user_id) AS groups
    FROM login l JOIN desk_user u ON u.id = l.user_id
    WHERE l.id = $1 AND l.generation = $2 AND l.active AND u.active
      AND NOT EXISTS (SELECT FROM ended_token t WHERE t.token = $3)`, [Number(token.sub), token.gen, token.jti])
  if (!viewer) throw new Error('The token was ended.')
  return { userId: viewer.user_id, name: viewer.name, groups: viewer.groups }
}

async function mustSee (viewer, caseId) {
  const [seen] = await query('seen', `SELECT c.id FROM desk_case c WHERE ${SEEN} AND c.id = $3`, [...seenBy(viewer), caseId])
  if (!seen) throw new Error('There is no such case.')
}

const resolvers = {
  Query: {
    cases: async (_, { filter, first }, { viewer }) => page(filter?.includeFinal
      ? await query('cases all', `SELECT ${CASE} FROM desk_case c WHERE ${SEEN} ${NEWEST} LIMIT $3`, [...seenBy(viewer), first + 1])
      : await query('cases', `SELECT ${CASE} FROM desk_case c WHERE ${SEEN} AND ${OPEN} ${NEWEST} LIMIT $3`,
        [...seenBy(viewer), first + 1]), first),
    case: async (_, { by }, { viewer }) => (await (by.id
      ? query('case', `SELECT ${CASE} FROM desk_case c WHERE ${SEEN} AND c.id = $3`, [...seenBy(viewer), key(by.id)])
      : query('case number', `SELECT ${CASE} FROM desk_case c WHERE ${SEEN} AND number = $3`, [...seenBy(viewer), by.number])))[0],
    contacts: async (_, { first }) =>
      page(await query('contacts', 'SELECT id, name, account_id FROM contact ORDER BY name_key, id LIMIT $1', [first + 1]), first),
    viewer: async (_, __, { viewer }) => ({ user: { id: viewer.userId, name: viewer.name } })
  },
  Mutation: {
    postToFeed: async (_, { input }, { viewer, pubsub }) => {
      const caseId = key(input.caseId)
      await mustSee(viewer, caseId)
      const [row] = await query('post', `INSERT INTO peer_post (case_id, at, actor_user_id, body)
        VALUES ($1, now(), $2, $3) RETURNING id, at, body`, [caseId, viewer.userId, input.body])
      const post = { ...row, cursor: String(row.id), actor: { id: viewer.userId, name: viewer.name } }
      await pubsub.publish({ topic: `case ${caseId}`, payload: { feedPostAdded: post } })
      return { feedPost: post, errors: [] }
    }
  },
  Subscription: {
    feedPostAdded: {
      subscribe: async (_, { caseId }, { viewer, pubsub }) => {
        await mustSee(viewer, key(caseId))
        return pubsub.subscribe(`case ${key(caseId)}`)
      }
    }
  },
  Case: {
    id: row => `Case_${row.id}`,
    priority: row => PRIORITIES[row.priority],
    registeredAt: row => row.registered_at,
    history: async (row, { last }) => {
      const rows = await query('history', `SELECT id, kind, at, actor_user_id, actor_contact_id, payload, feed_post_id,
        portal_message_id FROM entry WHERE case_id = $1 ORDER BY id DESC LIMIT $2`, [row.id, last + 1])
      const nodes = rows.slice(0, last).reverse()
      return { nodes, pageInfo: { hasNextPage: false, hasPreviousPage: rows.length > last, endCursor: null } }
    }
  },
  User: { id: row => `User_${row.id}` },
  Contact: { id: row => `Contact_${row.id}` },
  Account: { id: row => `Account_${row.id}` },
  CaseStatus: { id: row => `CaseStatus_${row.id}` },
  Actor: { resolveType: row => row.kind },
  HistoryEntry: { resolveType: row => row.kind },
  FeedPost: { id: row => `Entry_${row.id}` },
  NewPost: { id: row => `Entry_${row.id}` },
  PortalMessage: { id: row => `Entry_${row.id}` },
  CaseStatusChanged: { id: row => `Entry_${row.id}` }
}

// One statement for all rows of a level, as mercurius teaches by its loaders.
async function byId (table, columns, ids) {
  const wanted = [...new Set(ids.filter(id => id != null))]
  const rows = wanted.length ? await query(table, `SELECT ${columns} FROM ${table} WHERE id = ANY($1)`, [wanted]) : []
  return new Map(rows.map(row => [row.id, row]))
}
const one = (table, columns, idOf) => ({
  loader: async queries => {
    const rows = await byId(table, columns, queries.map(({ obj }) => idOf(obj)))
    return queries.map(({ obj }) => rows.get(idOf(obj)) ?? null)
  },
  opts: { cache: false }
})

const actor = {
  loader: async queries => {
    const users = await byId('desk_user', 'id, name', queries.map(({ obj }) => obj.actor_user_id))
    const contacts = await byId('contact', 'id, name, account_id', queries.map(({ obj }) => obj.actor_contact_id))
    return queries.map(({ obj }) => {
      if (obj.actor_user_id) return { kind: 'User', ...users.get(obj.actor_user_id) }
      if (obj.actor_contact_id) return { kind: 'Contact', ...contacts.get(obj.actor_contact_id) }
      return { kind: 'SystemActor', name: 'Desk' }
    })
  },
  opts: { cache: false }
}
const body = (table, column) => ({
  loader: async queries => {
    const rows = await byId(table, 'id, body', queries.map(({ obj }) => obj[column]))
    return queries.map(({ obj }) => rows.get(obj[column]).body)
  },
  opts: { cache: false }
})

const loaders = {
  Case: {
    status: one('case_status', 'id, name', row => row.status_id),
    contact: one('contact', 'id, name, account_id', row => row.contact_id),
    account: one('account', 'id, name', row => row.account_id),
    assignee: one('desk_user', 'id, name', row => row.assignee_id)
  },
  Contact: {
    account: one('account', 'id, name', row => row.account_id),
    cases: {
      loader: async (queries, { viewer }) => {
        const { first, filter } = queries[0].params
        const rows = await query(`contact cases ${!!filter?.includeFinal}`, `
          SELECT c.* FROM unnest($3::int[]) AS k (id), LATERAL (
            SELECT ${CASE} FROM desk_case c WHERE c.contact_id = k.id AND ${SEEN}
              ${filter?.includeFinal ? '' : `AND ${OPEN}`} ${NEWEST} LIMIT $4) c`,
        [...seenBy(viewer), queries.map(({ obj }) => obj.id), first + 1])
        const found = new Map(queries.map(({ obj }) => [obj.id, []]))
        for (const row of rows) found.get(row.contact_id).push(row)
        return queries.map(({ obj }) => page(found.get(obj.id), first))
      },
      opts: { cache: false }
    }
  },
  FeedPost: { actor, body: body('feed_post', 'feed_post_id') },
  PortalMessage: { actor, body: body('portal_message', 'portal_message_id') },
  CaseStatusChanged: {
    actor,
    from: one('case_status', 'id, name', row => row.payload.from.id),
    to: one('case_status', 'id, name', row => row.payload.to.id)
  }
}

const app = Fastify()
app.register(mercurius, {
  schema,
  resolvers,
  loaders,
  jit: 1,
  context: async request => ({ viewer: await letIn(request.headers.authorization) }),
  subscription: {
    onConnect: async ({ payload }) => ({ viewer: await letIn(payload.authorization) }),
    queueHighWaterMark: 0
  }
})
console.error(await app.listen({ port: 0, host: '127.0.0.1' }))
