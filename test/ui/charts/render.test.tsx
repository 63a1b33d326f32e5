import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { ChartTwin, TwinTable } from '../../../src/ui/charts/ChartTwin.tsx';
import { HeadGrid } from '../../../src/ui/charts/HeadGrid.tsx';
import { mapColumns, mapTable } from '../../../src/ui/charts/mapTable.ts';
import { RankedBars } from '../../../src/ui/charts/RankedBars.tsx';
import { ScaleLegend } from '../../../src/ui/charts/ScaleLegend.tsx';
import { SignedBars } from '../../../src/ui/charts/SignedBars.tsx';
import { Sparkline } from '../../../src/ui/charts/Sparkline.tsx';
import { EffectTable } from '../../../src/ui/neuron/EffectTable.tsx';

const textOf = (markup: string): string =>
  markup
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

describe('charts as text', () => {
  it('bars say every word with its signed weight', () => {
    const terms = [
      { label: 'fish', value: 0.6 },
      { label: 'stone', value: -0.25 },
    ];
    expect(textOf(renderToStaticMarkup(<SignedBars terms={terms} label="words" />))).toBe(
      'fish +0.600 stone −0.250',
    );
  });

  it('the grid of heads holds every share, and names the largest', () => {
    const rows = [
      { block: 4, shares: [0.1, -0.2] },
      { block: 5, shares: [0.75, 0.35] },
    ];
    const text = textOf(renderToStaticMarkup(<HeadGrid rows={rows} label="shares" />));
    for (const part of ['+10', '−20', '+75', '+35', '−10%', '+110%']) expect(text).toContain(part);
    expect(text).toContain('Block 5, head 0 carries +75.0%');
  });

  it('the grid of heads has exactly one tab stop', () => {
    const rows = [{ block: 1, shares: [0.1, 0.2, 0.3] }];
    const markup = renderToStaticMarkup(<HeadGrid rows={rows} label="shares" />);
    expect(markup.match(/tabindex="0"/g)).toHaveLength(1);
    expect(markup.match(/tabindex="-1"/g)).toHaveLength(2);
  });

  it('a legend tells its ends, and that a few values lie beyond', () => {
    const plain = renderToStaticMarkup(
      <ScaleLegend scale={{ kind: 'sequential', min: 0, max: 2 }} label="activation" />,
    );
    expect(plain).toContain('Colours run from 0 to 2.00');
    expect(plain).not.toContain('beyond');
    const clipped = renderToStaticMarkup(
      <ScaleLegend scale={{ kind: 'diverging', min: -2, max: 2, beyond: 9 }} label="effect" />,
    );
    expect(clipped).toContain('beyond, up to 9.00');
    expect(textOf(clipped)).toContain('≥ +2.00');
  });

  it('a sparkline is one picture with the whole curve in words', () => {
    const points = [
      { x: 4, y: 0.2 },
      { x: 8, y: 0.5 },
    ];
    const markup = renderToStaticMarkup(<Sparkline points={points} yMax={1} label="4: 0.2; 8: 0.5" />);
    expect(markup).toContain('aria-label="4: 0.2; 8: 0.5"');
  });

  it('a map is a table with the values where the patches lie', () => {
    const rows = () => mapTable([0.1, 0.2, 0.3, 0.4], 2, String);
    const markup = renderToStaticMarkup(<TwinTable caption="map" columns={mapColumns(2)} rows={rows} />);
    expect(textOf(markup)).toBe('map row column 1 2 1 0.1 0.2 2 0.3 0.4');
    expect(markup.match(/scope="row"/g)).toHaveLength(2);
    expect(markup.match(/scope="col"/g)).toHaveLength(3);
  });

  it('a table beside a chart is folded, and its numbers are not made before it is opened', () => {
    const rows = (): never => {
      throw new Error('asked for too early');
    };
    const markup = renderToStaticMarkup(<ChartTwin caption="bins" columns={['from']} rows={rows} />);
    expect(textOf(markup)).toBe('As a table');
  });

  it('ranked bars say every name with its number and error, and draw for the eye only', () => {
    const bars = [
      { id: 'a', label: 'neurons', value: 61.25, error: 0.5, quiet: false },
      { id: 'b', label: 'attention', value: 40, error: undefined, quiet: true },
    ];
    const markup = renderToStaticMarkup(<RankedBars label="IoU" bars={bars} rule="b" />);
    expect(textOf(markup)).toMatch(/^neurons 61\.[23] ± 0\.5 attention 40\.0$/);
    expect(markup.match(/aria-hidden="true"/g)).toHaveLength(2);
  });

  it('an activation taken apart is printed to decimals that add up', () => {
    const parts = { patches: 0.27451, cls: -0.00063, shared: 0.00006, setMean: 0.0474, activation: 0.22654 };
    const printed = [
      ...textOf(renderToStaticMarkup(<EffectTable parts={parts} />)).matchAll(/[+−]\d[\d.]*/g),
    ];
    const numbers = printed.map(([text]) => Number(text.replace('−', '-')));
    const total = numbers.pop()!;
    expect(numbers.reduce((sum, value) => sum + value, 0)).toBeCloseTo(total, 3);
  });
});
