import "graphiql/setup-workers/vite"; // first: Monaco's workers come from our own origin
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { useGraphiQL } from "@graphiql/react";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { Kind, parse } from "graphql";
import { createClient } from "graphql-ws";
import { useEffect } from "react";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";

const GREETING = `# Caseline: the whole service desk is this API.
# Ctrl-Enter runs the operation under the cursor. The
# icons on the left open the documentation, and an
# explorer that writes operations for you.
#
# Sign in first, in a new tab (+), with a login that
# the demo prints when it starts:
#
#   mutation {
#     signIn(input: {login: "anna", password: "..."}) {
#       token
#       errors { message }
#     }
#   }
#
# Its token goes into the Headers pane below, where you
# may as well write one yourself:
#
#   {"Authorization": "Bearer ..."}
#
# Subscriptions run here too, with the same token.

{ viewer { cursor } }
`;

const config = JSON.parse(document.getElementById("ide-config").textContent);
const url = new URL(config.url, location.href);
const socketUrl = new URL(url);
socketUrl.protocol = url.protocol === "https:" ? "wss:" : "ws:";

// What was written here holds passwords and tokens (the history keeps headers, whatever is set), so all of it
// ends with the browser's tab, unlike in localStorage, GraphiQL's usual place.
const storage = sessionStorage;

// The headers of the last request, for a reload and for tabs that have none.
const HEADERS = "caseline:headers";
const lastHeaders = () => storage.getItem(HEADERS) ?? "";
const remember = (text) => storage.setItem(HEADERS, text);
const written = (headers) => (Object.keys(headers).length ? JSON.stringify(headers, null, 2) : "");

let headerEditor; // once Monaco is loaded

/** What the server reads from connection_init, whichever way the header is written in the pane. */
function connectionParams(headers) {
  const name = Object.keys(headers).find((key) => key.toLowerCase() === "authorization");
  return name ? { authorization: headers[name] } : {};
}

/** The document and the name of the operation to run. GraphiQL's own idea of both is a tenth of a second old. */
function read({ query, operationName }) {
  try {
    const documentAST = parse(query);
    const names = documentAST.definitions.filter(isOperation).map(({ name }) => name?.value);
    const current = names.includes(operationName ?? undefined);
    return { documentAST, operationName: current || names.length > 1 ? operationName : names[0] };
  } catch {
    return { operationName }; // the server says what is wrong with it
  }
}

const isOperation = ({ kind }) => kind === Kind.OPERATION_DEFINITION;

/** Writes the token of a signIn that succeeded, under any alias, into the Headers pane. */
function signedIn(document, result, headers) {
  for (const { name, alias } of document?.definitions.filter(isOperation).flatMap(topFields) ?? []) {
    const token = name?.value === "signIn" && result?.data?.[(alias ?? name).value]?.token;
    if (!token) continue;
    const others = Object.entries(headers).filter(([key]) => key.toLowerCase() !== "authorization");
    const text = written({ ...Object.fromEntries(others), Authorization: `Bearer ${token}` });
    remember(text);
    headerEditor?.setValue(text);
  }
}

const topFields = ({ selectionSet }) => selectionSet.selections;

async function fetcher(params, { headers = {} } = {}) {
  const { documentAST, operationName } = read(params);
  // A client of its own for each operation: a socket keeps the user it was opened by, so it must not
  // outlive its subscription. No socket is opened for a query.
  const wsClient = createClient({ url: socketUrl.href, connectionParams: connectionParams(headers) });
  const send = createGraphiQLFetcher({ url: url.href, wsClient, enableIncrementalDelivery: false });
  if (operationName !== "IntrospectionQuery") remember(written(headers));
  const result = await send({ ...params, operationName }, { headers, documentAST });
  signedIn(documentAST, result, headers);
  return result;
}

/** Keeps hold of the Headers pane, and fills it in tabs where it is empty. */
function Headers() {
  const editor = useGraphiQL((state) => state.headerEditor);
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex].id);
  useEffect(() => {
    headerEditor = editor;
    if (editor?.getValue() === "") editor.setValue(lastHeaders());
  }, [editor, tab]);
}

const plugins = [explorerPlugin({ showAttribution: false }), HISTORY_PLUGIN];

createRoot(document.getElementById("root")).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    plugins={plugins}
    defaultQuery={GREETING}
    defaultEditorToolsVisibility="headers"
    initialQuery={new URLSearchParams(location.search).get("query") ?? undefined}
    initialHeaders={lastHeaders()}
    shouldPersistHeaders={false}
    inputValueDeprecation
    schemaDescription
  >
    <GraphiQL.Logo>Caseline</GraphiQL.Logo>
    <Headers />
  </GraphiQL>,
);
