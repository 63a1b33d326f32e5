import type { Square } from '../app/paintThumb.ts';

/** In place of a picture that is not here: its number, in the colours of the page. */
export function drawNumber(context: CanvasRenderingContext2D, number: number, { x, y, side }: Square): void {
  const style = getComputedStyle(context.canvas);
  const ink = style.color;
  context.globalAlpha = 0.12;
  context.strokeStyle = ink;
  context.lineWidth = side / 24;
  for (let at = -side; at < side; at += side / 6) {
    context.beginPath();
    context.moveTo(x + at, y + side);
    context.lineTo(x + at + side, y);
    context.stroke();
  }
  context.globalAlpha = 0.75;
  context.fillStyle = ink;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const text = String(number);
  context.font = `600 ${Math.round(side / Math.max(3, text.length * 0.8))}px ${style.fontFamily}`;
  context.fillText(text, x + side / 2, y + side / 2);
}
