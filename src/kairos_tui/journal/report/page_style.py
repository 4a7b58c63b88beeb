"""Page style: the scorecard page's style sheet, dark as the HUD's neon, light where the system is."""

STYLE = """
:root{--bg:#05070f;--card:#0a0f1e;--fg:#d7e6ff;--dim:#8fa2c7;--line:#1f3a5f;--cy:#00f0ff;--mg:#ff2bd6;
--glow:0 0 18px #00f0ff33}
@media (prefers-color-scheme:light){:root{--bg:#f4f7fc;--card:#fff;--fg:#0b1430;--dim:#4d5d80;--line:#c9d5ea;
--cy:#00788a;--mg:#b3008f;--glow:none}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,
"DejaVu Sans Mono",monospace}
main{max-width:1180px;margin:0 auto;padding:16px}
h1{margin:0 0 6px;font-size:22px;letter-spacing:.12em;color:var(--cy);text-shadow:var(--glow)}
h1 span{color:var(--mg)}
.feed{font-size:12px;letter-spacing:0;border:1px solid var(--mg);color:var(--mg);border-radius:9px;
padding:1px 8px;vertical-align:middle}
h2{font-size:14px;letter-spacing:.1em;text-transform:uppercase;color:var(--cy);margin:22px 0 8px}
header p{margin:0;color:var(--dim);overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:10px;margin:16px 0}
.tiles div,figure{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
.tiles strong{display:block;font-size:24px;color:var(--fg)}
small{color:var(--dim);font-size:12px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:10px}
figure{margin:0}
figcaption{display:flex;justify-content:space-between;gap:10px;flex-wrap:wrap;margin-bottom:6px}
svg{display:block;width:100%;height:auto}
.axis,.note{fill:var(--dim);font-size:10px}
.note{fill:var(--fg)}
.grid{stroke:var(--line);fill:none}
.bar{fill:var(--cy)}
.line{stroke:var(--mg);stroke-width:2;fill:none}
.right{stroke:var(--dim);stroke-dasharray:4 4;fill:none}
.dot{fill:var(--mg);fill-opacity:.8}
.off{fill:var(--line)}
.strip{width:120px;height:8px}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:8px;background:var(--card)}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:5px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
th{color:var(--dim);font-weight:normal}
th:first-child,td:first-child,th:nth-child(2),td:nth-child(2),.words{text-align:left}
.words{display:block}
tr:last-child td{border-bottom:0}
""".strip()
