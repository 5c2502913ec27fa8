"""How a preview looks: readable without a theme, by day and by night. Nothing but the style sheet."""

from __future__ import annotations

from sidecar.markup import Html

STYLE = Html("""
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --paper: #fff; --line: #d1d9e0; --tint: #f6f8fa;
  --link: #0969da; --warn: #fff8e1; --warn-line: #d4a72c; --bad: #ffebe9; --bad-line: #cf222e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9da7b1; --paper: #14181d; --line: #3a424b; --tint: #1e242b; --link: #6cb6ff;
    --warn: #2e2710; --warn-line: #9e7a1c; --bad: #351618; --bad-line: #d1524f; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: break-word;
  font: 1.125rem/1.65 Charter, "Bitstream Charter", "Noto Serif", Georgia, serif; }
.bar, dl, .told, small, figcaption, th { font-family: system-ui, "Noto Sans", sans-serif; }
.bar { padding: .5rem 1.25rem; background: var(--tint); border-bottom: 1px solid var(--line); color: var(--soft);
  font-size: .85rem; }
main { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1.25rem 5rem; }
a { color: var(--link); text-underline-offset: .15em; }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; margin: 2em 0 .6em; font-family: system-ui, "Noto Sans", sans-serif; }
h1 { font-size: 2.25rem; margin: 1rem 0 .75rem; letter-spacing: -.01em; }
p, ul, ol, figure, table, pre, blockquote, details, .wp-block-group, .wp-block-columns { margin: 0 0 1.15em; }
li > ul, li > ol { margin: .25em 0 .25em; }
img, video { max-width: 100%; height: auto; border-radius: .25rem; }
audio { width: 100%; }
figure { margin-inline: 0; }
figcaption { color: var(--soft); font-size: .85rem; margin-top: .4rem; }
.told { border: 1px solid var(--warn-line); background: var(--warn); border-radius: .5rem; padding: .75rem 1rem;
  margin-bottom: 1rem; font-size: .9rem; }
.told h2 { font-size: 1rem; margin: 0 0 .35rem; }
.told ul { margin: 0; padding-left: 1.2rem; }
.told small { color: var(--soft); }
.told.problems { border-color: var(--bad-line); background: var(--bad); }
dl { display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; margin: 0 0 1.25rem; font-size: .85rem; }
dl div { display: flex; gap: .4rem; } dt { color: var(--soft); } dd { margin: 0; }
.excerpt { color: var(--soft); font-size: 1.2rem; font-style: italic; }
.featured img { width: 100%; max-height: 26rem; object-fit: cover; }
blockquote { border-left: 4px solid var(--line); padding-left: 1rem; margin-inline: 0; }
code { font: .9em ui-monospace, "Noto Sans Mono", Menlo, monospace; background: var(--tint); padding: .1em .3em;
  border-radius: .25rem; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; overflow-x: auto;
  line-height: 1.5; }
pre code { background: none; padding: 0; }
hr { border: 0; border-top: 1px solid var(--line); margin: 2.5em auto; width: 40%; }
.wp-block-table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .95em; }
td, th { border: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
thead th { background: var(--tint); }
.wp-block-columns { display: flex; gap: 2rem; } .wp-block-column { flex: 1 1 0; min-width: 0; }
@media (max-width: 40rem) { .wp-block-columns { display: block; } }
.notion-callout, .notion-card { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; }
.notion-callout > :last-child, .notion-card > :last-child { margin-bottom: 0; }
.notion-card a { text-decoration: none; }
.notion-indent, .notion-below { padding-left: 1.5rem; }
.notion-todo { list-style: none; padding-left: .25rem; } .notion-todo .notion-todo { padding-left: 1.5rem; }
.notion-emoji { vertical-align: -.2em; }
details { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; }
summary { cursor: pointer; } details[open] > summary { margin-bottom: .75rem; }
.wp-block-file, .wp-block-math, math[display="block"], .wp-block-tabs { margin-bottom: 1.15rem; }
.wp-block-embed__wrapper, .wp-block-file { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem;
  background: var(--tint); }
.wp-block-tab-list { display: flex; gap: .5rem; border-bottom: 1px solid var(--line); margin-bottom: 1rem; }
.wp-block-tab-list button { border: 0; background: none; color: inherit; font: inherit; padding: .35rem .5rem; }
.wp-block-tab-panel { border-left: 2px solid var(--line); padding-left: 1rem; margin-bottom: 1.5rem; }
mark { color: inherit; background: none; }
math { font-size: 1.1em; }
@media (prefers-color-scheme: dark) {
  .has-background:not(.has-text-color), mark[style*="background-color:#"]:not([style*=";color"]) { color: #1f2328; }
  .has-background:not(.has-text-color) a { color: #0969da; }
}
""")
