// The languages whose code is coloured: each is a file of its own, fetched when needed.

const GRAMMARS = {
  bash: () => import("highlight.js/lib/languages/bash"),
  c: () => import("highlight.js/lib/languages/c"),
  cpp: () => import("highlight.js/lib/languages/cpp"),
  csharp: () => import("highlight.js/lib/languages/csharp"),
  css: () => import("highlight.js/lib/languages/css"),
  dart: () => import("highlight.js/lib/languages/dart"),
  diff: () => import("highlight.js/lib/languages/diff"),
  dockerfile: () => import("highlight.js/lib/languages/dockerfile"),
  elixir: () => import("highlight.js/lib/languages/elixir"),
  go: () => import("highlight.js/lib/languages/go"),
  graphql: () => import("highlight.js/lib/languages/graphql"),
  haskell: () => import("highlight.js/lib/languages/haskell"),
  ini: () => import("highlight.js/lib/languages/ini"),
  java: () => import("highlight.js/lib/languages/java"),
  javascript: () => import("highlight.js/lib/languages/javascript"),
  json: () => import("highlight.js/lib/languages/json"),
  julia: () => import("highlight.js/lib/languages/julia"),
  kotlin: () => import("highlight.js/lib/languages/kotlin"),
  latex: () => import("highlight.js/lib/languages/latex"),
  lua: () => import("highlight.js/lib/languages/lua"),
  makefile: () => import("highlight.js/lib/languages/makefile"),
  markdown: () => import("highlight.js/lib/languages/markdown"),
  matlab: () => import("highlight.js/lib/languages/matlab"),
  nginx: () => import("highlight.js/lib/languages/nginx"),
  perl: () => import("highlight.js/lib/languages/perl"),
  php: () => import("highlight.js/lib/languages/php"),
  powershell: () => import("highlight.js/lib/languages/powershell"),
  python: () => import("highlight.js/lib/languages/python"),
  r: () => import("highlight.js/lib/languages/r"),
  ruby: () => import("highlight.js/lib/languages/ruby"),
  rust: () => import("highlight.js/lib/languages/rust"),
  scala: () => import("highlight.js/lib/languages/scala"),
  scss: () => import("highlight.js/lib/languages/scss"),
  shell: () => import("highlight.js/lib/languages/shell"),
  sql: () => import("highlight.js/lib/languages/sql"),
  swift: () => import("highlight.js/lib/languages/swift"),
  typescript: () => import("highlight.js/lib/languages/typescript"),
  xml: () => import("highlight.js/lib/languages/xml"),
  yaml: () => import("highlight.js/lib/languages/yaml"),
};

/** Languages inside of others. */
const INNER = { markdown: ["xml"], php: ["xml"], shell: ["bash"], xml: ["css", "javascript"] };

const ALIASES = {
  js: "javascript", jsx: "javascript", mjs: "javascript", node: "javascript", ts: "typescript", tsx: "typescript",
  py: "python", python3: "python", sh: "bash", zsh: "bash", console: "shell", html: "xml", svg: "xml", vue: "xml",
  yml: "yaml", gql: "graphql", rs: "rust", "c++": "cpp", h: "c", hpp: "cpp", cs: "csharp", "c#": "csharp",
  docker: "dockerfile", toml: "ini", conf: "ini", jsonc: "json", json5: "json", kt: "kotlin", make: "makefile",
  md: "markdown", ps1: "powershell", pwsh: "powershell", rb: "ruby", hs: "haskell", ex: "elixir", jl: "julia",
  tex: "latex", patch: "diff", golang: "go", postgresql: "sql", postgres: "sql", mysql: "sql", sqlite: "sql",
};

const NAMES = {
  bash: "Bash", cpp: "C++", csharp: "C#", css: "CSS", graphql: "GraphQL", html: "HTML", ini: "INI", javascript: "JavaScript",
  json: "JSON", jsx: "JSX", latex: "LaTeX", matlab: "MATLAB", php: "PHP", powershell: "PowerShell", scss: "SCSS", sql: "SQL",
  svg: "SVG", toml: "TOML", tsx: "TSX", typescript: "TypeScript", xml: "XML", yaml: "YAML",
};

const own = (table, key) => (Object.hasOwn(table, key) ? table[key] : undefined);
const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** Returns the language that the words after a fence name: its id and what readers call it. */
export function languageOf(info) {
  const word = /[\w+#-]+/.exec(info)?.[0].toLowerCase() ?? "";
  const id = own(ALIASES, word) ?? word;
  const name = own(NAMES, word) ?? own(NAMES, id) ?? (own(GRAMMARS, id) ? capital(id) : word);
  return { id: own(GRAMMARS, id) ? id : "", name };
}

/** Fetches the grammars that a language needs, by id. */
export async function grammarsOf(id) {
  const ids = [id, ...(own(INNER, id) ?? [])];
  const modules = await Promise.all(ids.map((one) => GRAMMARS[one]()));
  return ids.map((one, index) => [one, modules[index].default]);
}
