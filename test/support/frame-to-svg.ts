/**
 * An SVG picture of a terminal's screen, from text with SGR sequences such as `tmux capture-pane -e -p` prints:
 * `tmux capture-pane -e -p -t NAME | node test/support/frame-to-svg.ts > picture.svg`
 */
import stringWidth from 'string-width';

const CELL = { width: 8.4, height: 18 };
const PAD = 14;
const BACKGROUND = '#16181d';
const FOREGROUND = '#d5d8de';
/** The sixteen named colours; the rest of the 256 are computed. */
const PALETTE = (
  '#1d1f24 #f07178 #a5d37a #e6c07b #7aa2f7 #c792ea #6fc8d8 #d5d8de ' +
  '#7c818c #ff8b92 #b9e68c #ffd78f #93b5ff #dbaaff #8fe3f2 #ffffff'
).split(' ');

interface Style {
  color: string;
  bold: boolean;
  inverse: boolean;
}

const PLAIN: Style = { color: FOREGROUND, bold: false, inverse: false };

/** The picture; rows are one cell high, columns count as the widest row. */
export function frameToSvg(frame: string): string {
  const rows = frame.replace(/\n$/, '').split('\n');
  const segmenter = new Intl.Segmenter();
  let style = PLAIN;
  let columns = 0;
  const body = rows.map((row, y) => {
    let x = 0;
    let shapes = '';
    // oxlint-disable-next-line no-control-regex -- SGR begins with ESC
    for (const part of row.split(/(\u001b\[[\d;]*m)/)) {
      if (part.startsWith('\u001b')) {
        style = applySgr(style, part.slice(2, -1).split(';').map(Number));
        continue;
      }
      for (const { segment } of segmenter.segment(part)) {
        const width = stringWidth(segment);
        shapes += cell(segment, x, y, width, style);
        x += width;
      }
    }
    columns = Math.max(columns, x);
    return shapes;
  });
  const width = Math.ceil(columns * CELL.width + 2 * PAD);
  const height = rows.length * CELL.height + 2 * PAD;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/><g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">\n${body.join('\n')}\n</g></svg>\n`;
}

function cell(text: string, x: number, y: number, width: number, { color, bold, inverse }: Style): string {
  const left = PAD + x * CELL.width;
  const top = PAD + y * CELL.height;
  const back = inverse
    ? `<rect x="${left.toFixed(1)}" y="${top}" width="${(width * CELL.width).toFixed(1)}" height="${CELL.height}" fill="${color}"/>`
    : '';
  if (text === ' ') return back;
  const weight = bold ? ' font-weight="700"' : '';
  const fill = inverse ? BACKGROUND : color;
  return `${back}<text x="${left.toFixed(1)}" y="${top + 13.5}" fill="${fill}"${weight}>${escapeXml(text)}</text>`;
}

function applySgr(style: Style, codes: number[]): Style {
  let next = style;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 0) next = PLAIN;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 22) next = { ...next, bold: false };
    else if (code === 7) next = { ...next, inverse: true };
    else if (code === 27) next = { ...next, inverse: false };
    else if (code === 39) next = { ...next, color: FOREGROUND };
    else if (code >= 30 && code <= 37) next = { ...next, color: PALETTE[code - 30] ?? FOREGROUND };
    else if (code >= 90 && code <= 97) next = { ...next, color: PALETTE[code - 82] ?? FOREGROUND };
    else if (code === 38 && codes[at + 1] === 5) {
      next = { ...next, color: indexed(codes[at + 2] ?? 7) };
      at += 2;
    }
  }
  return next;
}

/** xterm's 256 colours: 16 named, a cube of 216, 24 greys. */
function indexed(index: number): string {
  if (index < 16) return PALETTE[index] ?? FOREGROUND;
  if (index >= 232) return rgb(Array.from({ length: 3 }, () => 8 + 10 * (index - 232)));
  const cube = index - 16;
  return rgb(
    [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => (level === 0 ? 0 : 55 + 40 * level)),
  );
}

function rgb(levels: number[]): string {
  return `#${levels.map((level) => level.toString(16).padStart(2, '0')).join('')}`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

if (import.meta.main) {
  let frame = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) frame += String(chunk);
  process.stdout.write(frameToSvg(frame));
}
