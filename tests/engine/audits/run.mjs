// Runs the audits of GraphQL over HTTP against the address that is given, and prints each with what came of it.
import { serverAudits } from "graphql-http";

const audits = serverAudits({ url: process.argv[2], fetchFn: fetch });
const results = await Promise.all(audits.map((audit) => audit.fn()));
console.log(JSON.stringify(results.map(({ name, status, reason }) => ({ name, status, reason }))));
