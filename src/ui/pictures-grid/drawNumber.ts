/** In place of a picture that is not here: its number, in the colours of the page. */
export function drawNumber(canvas: HTMLCanvasElement, number: number): void {
  const side = Math.max(96, canvas.width);
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return;
  const style = getComputedStyle(canvas);
  const ink = style.color;
  context.globalAlpha = 0.12;
  context.strokeStyle = ink;
  context.lineWidth = side / 24;
  for (let at = -side; at < side; at += side / 6) {
    context.beginPath();
    context.moveTo(at, side);
    context.lineTo(at + side, 0);
    context.stroke();
  }
  context.globalAlpha = 0.75;
  context.fillStyle = ink;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const text = String(number);
  context.font = `600 ${Math.round(side / Math.max(3, text.length * 0.8))}px ${style.fontFamily}`;
  context.fillText(text, side / 2, side / 2);
}
