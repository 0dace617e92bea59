// Behaviour of widget/static/markdown.js, run in a page by test_protocol.py.
import { renderMarkdown, renderText } from "/widget/markdown.js";

export const cases = new Map();
const test = (name, run) => cases.set(name, run);

function html(fragment) {
  const box = document.createElement("div");
  box.append(fragment);
  return box.innerHTML.replaceAll(' dir="auto"', "");
}

function equal(actual, expected) {
  if (actual !== expected) throw new Error(`got ${actual}, expected ${expected}`);
}

const LINK = 'target="_blank" rel="noopener noreferrer"';

test("paragraphs and both kinds of list", async () => {
  equal(html(renderMarkdown("One\ntwo.\n\nThree.\n- a\n- b\n1. c\n2. d\n   more\n\nEnd")),
    "<p>One\ntwo.</p><p>Three.</p><ul><li>a</li><li>b</li></ul><ol><li>c</li><li>d more</li></ol><p>End</p>");
});

test("a list goes on over an empty line and may start at another number", async () => {
  equal(html(renderMarkdown("3. a\n\n4. b")), '<ol start="3"><li>a</li><li>b</li></ol>');
});

test("bold, italics and links, also inside each other", async () => {
  equal(html(renderMarkdown("**a *b*** _c_ x_y_z 2*3*4")).startsWith("<p><strong>a *b</strong>"), true);
  equal(html(renderMarkdown("**bold [go](https://a.example/x?y=1&z=2)** and *it*")),
    `<p><strong>bold <a href="https://a.example/x?y=1&amp;z=2" ${LINK}>go</a></strong> and <em>it</em></p>`);
  equal(html(renderMarkdown("snake_case_name and 5 * 3 * 2")), "<p>snake_case_name and 5 * 3 * 2</p>");
});

test("a bare address loses the full stop after it", async () => {
  equal(html(renderMarkdown("See https://a.example/b.")), `<p>See <a href="https://a.example/b" ${LINK}>https://a.example/b</a>.</p>`);
  equal(html(renderText("(https://a.example) <b>")), `(<a href="https://a.example" ${LINK}>https://a.example</a>) &lt;b&gt;`);
});

test("a file of an article is a link to where this module came from, whatever page it stands on", async () => {
  const at = "/help/files/0f8fad5b-d9cb-469f-a165-70867728950e";
  equal(html(renderMarkdown(`See [Image: the *box*](${at}).`)),
    `<p>See <a href="${new URL(import.meta.url).origin}${at}" ${LINK}>Image: the *box*</a>.</p>`);
  for (const address of ["/help/files/x", "/help/other", `/help/files/../${at}`, `${at}/../../staff`, `//evil.example${at}`]) {
    equal(html(renderMarkdown(`[x](${address})`)), `<p>[x](${address})</p>`);
  }
});

test("everything else is text", async () => {
  const hostile = [
    "<script>ran++</script>", "<img src=x onerror=ran++>", "[a](javascript:ran++)", "[a](http://plain.example)",
    "[a](data:text/html,x)", '[a](https://x" onclick="ran++)', "[a]( https://x)", "![i](https://x/y.png)", "# no heading", "`code`",
  ];
  for (const text of hostile) {
    const box = document.createElement("div");
    box.append(renderMarkdown(text));
    const names = [...box.querySelectorAll("*")].map(({ localName }) => localName);
    if (names.some((name) => !["p", "a"].includes(name))) throw new Error(`${text}: ${names}`);
    for (const link of box.querySelectorAll("a")) {
      equal(new URL(link.href).protocol, "https:");
      equal(link.getAttributeNames().sort().join(), "href,rel,target");
    }
  }
});

test("no text makes it slow", async () => {
  const began = performance.now();
  for (const unit of ["*", "**a", "_a", "[", "[a](", "https://", "- ", "1. ", "**a*", "(", "![", "*a_"]) {
    renderMarkdown(unit.repeat(20_000));
  }
  const took = performance.now() - began;
  if (took > 4000) throw new Error(`took ${took} ms`);
});
