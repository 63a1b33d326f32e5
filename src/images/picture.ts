/** A decoded picture: straight (not premultiplied) RGBA, row-major, 4·width·height bytes. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Where pictures come from. Reading is lazy; a picture that cannot be read throws `bad-file` with its name. */
export interface PictureSource {
  readonly count: number;
  name(index: number): string;
  read(index: number, signal?: AbortSignal): Promise<Picture>;
}
