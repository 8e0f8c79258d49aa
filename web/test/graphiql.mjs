// Drives the GraphiQL page of a running server in headless Chromium:
//   node web/test/graphiql.mjs http://127.0.0.1:8000 TOKEN CASE_ID
// CHROMIUM names the browser, SCREENSHOT a file for a picture of the page with a subscription's event.
import { chromium } from "playwright-core";

const [server, token, caseId] = process.argv.slice(2);
if (!caseId) {
  console.error("usage: node graphiql.mjs SERVER_URL TOKEN CASE_ID");
  process.exit(2);
}
const { origin } = new URL(server);
const pageUrl = new URL("/graphql", origin);
const PATIENCE = 20_000;

const wrong = []; // what must not happen at any time
const sockets = []; // {socket, sent: [...], closed}

function check(truth, message) {
  if (!truth) throw new Error(message);
  console.log(`ok: ${message}`);
}

async function until(what, probe) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${PATIENCE / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function post(query, variables) {
  const answer = await fetch(pageUrl, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return answer.json();
}

function watch(page) {
  const ours = (url) => {
    const { protocol, host } = new URL(url);
    return protocol === "data:" || protocol === "blob:" || host === pageUrl.host;
  };
  page.on("request", (request) => ours(request.url()) || wrong.push(`a request to another origin: ${request.url()}`));
  page.on("response", (answer) => answer.status() >= 400 && wrong.push(`${answer.status()} for ${answer.url()}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // aborted by the page itself: it is left or closed while a worker of the editor still loads
    if (reason !== "net::ERR_ABORTED") wrong.push(`${reason} for ${request.url()}`);
  });
  page.on("console", (line) => line.type() === "error" && wrong.push(`on the console: ${line.text()}`));
  page.on("pageerror", (error) => wrong.push(`in the page: ${error.stack}`));
  page.on("websocket", (socket) => {
    ours(socket.url()) || wrong.push(`a socket to another origin: ${socket.url()}`);
    const seen = { socket, sent: [], closed: false };
    sockets.push(seen);
    socket.on("framesent", ({ payload }) => seen.sent.push(JSON.parse(payload)));
    socket.on("close", () => (seen.closed = true));
  });
}

const operation = ".graphiql-query-editor";
const tool = ".graphiql-editor-tool .graphiql-editor:not(.hidden)";
const result = ".graphiql-response";

/** The text that an editor shows; Monaco writes spaces as no-break spaces. */
async function shown(page, pane) {
  const lines = await page.locator(`${pane} .view-line`).allInnerTexts();
  return lines.join("\n").replaceAll("\u00a0", " ");
}

async function write(page, pane, text) {
  await page.locator(`${pane} .view-lines`).first().click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

async function run(page, document) {
  await write(page, operation, document);
  await page.getByRole("button", { name: /^Execute query/ }).click();
}

async function steps(page) {
  await page.goto(pageUrl.href);
  check((await page.title()) === "Caseline", "the page is called Caseline");
  await until("the greeting in the editor", async () => (await shown(page, operation)).includes("signIn"));
  console.log("ok: a new visitor is told how to sign in");

  await page.getByRole("button", { name: "Headers", exact: true }).click();
  await write(page, tool, JSON.stringify({ Authorization: `Bearer ${token}` }));

  const name = (await post("{ viewer { user { name } } }")).data?.viewer?.user?.name;
  check(name, `the token belongs to a user (${name})`);
  await run(page, "{ viewer { user { name } } }");
  await until("the name in the result", async () => (await shown(page, result)).includes(JSON.stringify(name)));
  console.log("ok: a query answers with the name");
  check(sockets.length === 0, "a query opens no socket");

  await run(page, `subscription { feedPostAdded(caseId: ${JSON.stringify(caseId)}) { body actor { name } } }`);
  const stream = await until("a socket that subscribes", () =>
    sockets.find(({ sent }) => sent.some(({ type }) => type === "subscribe")),
  );
  const greeting = stream.sent.find(({ type }) => type === "connection_init");
  check(
    JSON.stringify(greeting.payload) === JSON.stringify({ authorization: `Bearer ${token}` }),
    "the socket is opened with the token of the Headers pane",
  );
  const body = `Posted while the page listens, ${Date.now()}`;
  let posted = 0;
  await until("the post in the result pane", async () => {
    if (Date.now() > posted + 2_000) {
      // again, should the first have come before the server listened
      posted = Date.now();
      const answer = await post(
        "mutation($c: ID!, $b: String!) { postToFeed(input: {caseId: $c, body: $b}) { errors { message } } }",
        { c: caseId, b: body },
      );
      const errors = answer.errors ?? answer.data.postToFeed.errors;
      if (errors.length) throw new Error(`the post was refused: ${JSON.stringify(errors)}`);
    }
    return (await shown(page, result)).includes(body);
  });
  console.log("ok: the subscription delivers the post");

  await page.getByRole("button", { name: "Show GraphiQL Explorer" }).click();
  await until("viewer in the explorer", async () =>
    /\bviewer\b|\bfeedPostAdded\b/.test(await page.locator(".graphiql-explorer-root").innerText()),
  );
  console.log("ok: the explorer lists fields");
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await until("the root types in the documentation", async () => {
    const text = await page.locator(".graphiql-plugin").innerText();
    return text.includes("Query") && text.includes("Subscription");
  });
  console.log("ok: the documentation lists the root types");

  await page.getByRole("button", { name: /^Stop query/ }).click();
  await until("the end of the socket", () => stream.closed);
  console.log("ok: a stopped subscription closes its socket, so the next is opened with the headers of that time");

  // A sign-in, answered here in the server's stead: any login would do.
  await page.route(pageUrl.href, (route) =>
    route.request().postData()?.includes("signIn")
      ? route.fulfill({ json: { data: { me: { token: "fresh-token", errors: [] } } } })
      : route.fallback(),
  );
  await run(page, 'mutation { me: signIn(input: { login: "x", password: "y" }) { token } }');
  await until("the new token in the Headers pane", async () =>
    (await shown(page, tool)).includes('"Authorization": "Bearer fresh-token"'),
  );
  check(!(await shown(page, tool)).includes(token), "signing in replaces the token in the Headers pane");
  await page.getByRole("button", { name: "New tab" }).click();
  await until("the headers in a new tab", async () => (await shown(page, tool)).includes("fresh-token"));
  console.log("ok: a new tab begins with them");

  await page.goto(`${pageUrl.href}?query=${encodeURIComponent("query FromTheAddress { viewer { cursor } }")}`);
  await until("the query of the address", async () => (await shown(page, operation)).includes("FromTheAddress"));
  await until("the headers after a reload", async () => (await shown(page, tool)).includes("fresh-token"));
  console.log("ok: ?query= fills the editor, and a reload keeps the headers");
  check((await page.evaluate(() => localStorage.length)) === 0, "nothing is kept beyond the browser's tab");
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", // no network but this machine
  ],
});
let failed;
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 850 }, colorScheme: "light" });
  page.setDefaultTimeout(PATIENCE);
  watch(page);
  try {
    await steps(page);
  } catch (error) {
    failed = error;
    console.error(`FAILED: ${error.message}`);
    console.error(`the result pane: ${await shown(page, result).catch(() => "none")}`);
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT }).catch(() => {});
  }
} finally {
  await browser.close();
}
for (const line of new Set(wrong)) console.error(`FAILED: ${line}`);
if (failed || wrong.length) process.exit(1);
console.log("ok: no request left the server's origin, and nothing was reported on the console");
