import { scaleLinear } from 'd3-scale';
import styles from './charts.module.css';
import { number, signed } from './format.ts';
import { type MapScale, overlay } from './mapScale.ts';

const STEPS = 32;
/** The legend's colours lie over a mid grey, as the maps lie over grey pictures. */
const GREY = 90;

function swatch(value: number, scale: MapScale): string {
  const { rgb, alpha } = overlay(value, scale);
  const [red, green, blue] = rgb.map((channel) => Math.round(channel * alpha + GREY * (1 - alpha)));
  return `rgb(${red} ${green} ${blue})`;
}

interface Props {
  readonly scale: MapScale;
  /** What the colour stands for, with its unit where it has one. */
  readonly label: string;
}

/** Which colour stands for which value, in numbers; reads as one sentence to who cannot see it. */
export function ScaleLegend({ scale, label: name }: Props) {
  const toShare = scaleLinear([scale.min, scale.max], [0, 1]);
  const print = scale.kind === 'diverging' ? signed : number;
  const ticks =
    scale.kind === 'diverging' ? [scale.min, 0, scale.max] : [...new Set([scale.min, 0, scale.max])];
  const further =
    scale.beyond === undefined
      ? ''
      : `; the few values beyond, up to ${number(scale.beyond)}, take the colour of the end`;
  const end = scale.beyond === undefined ? '' : '≥ ';
  const label = (tick: number): string => {
    if (tick === scale.max) return end + print(tick);
    return tick === scale.min && scale.kind === 'diverging' && end ? `≤ ${print(tick)}` : print(tick);
  };
  const stops = Array.from({ length: STEPS + 1 }, (_, i) => swatch(toShare.invert(i / STEPS), scale));
  return (
    <figure className={styles.legend}>
      <figcaption>{name}</figcaption>
      <div
        className={styles.legendBar}
        role="img"
        aria-label={`Colours run from ${print(scale.min)} to ${print(scale.max)}${further}`}
        title={`Colours run from ${print(scale.min)} to ${print(scale.max)}${further}`}
        style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }}
      />
      <div className={styles.legendTicks} aria-hidden="true">
        {ticks
          .filter((tick) => tick !== 0 || (toShare(0) > 0.15 && toShare(0) < 0.85) || toShare(0) === 0)
          .map((tick) => (
            <span key={tick} style={{ left: `${100 * toShare(tick)}%` }}>
              {label(tick)}
            </span>
          ))}
      </div>
    </figure>
  );
}
