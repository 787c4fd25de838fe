/** A picture shows the characters of a captured screen at their cells, in their colours. */
import { expect, it } from 'vitest';
import { frameToSvg } from '../support/frame-to-svg.ts';

it('draws text, wide characters, colours, bold and inverse', () => {
  const svg = frameToSvg('a<\u001b[31;1m漢\u001b[0m \u001b[7mx\u001b[27m\n\u001b[38;5;25mb');
  expect(svg.match(/<text [^>]*>/g)?.map((tag) => /x="([\d.]+)"/.exec(tag)?.[1])).toEqual([
    '14.0',
    '22.4',
    '30.8',
    '56.0',
    '14.0',
  ]);
  expect(svg).toContain('fill="#f07178" font-weight="700">漢</text>');
  expect(svg).toContain('&lt;');
  expect(svg).toContain('fill="#005faf">b</text>');
  expect(svg.match(/<rect/g)).toHaveLength(2);
});
