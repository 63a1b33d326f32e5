import { type RefObject, useEffect, useRef, useState } from 'react';
import { cameraTrouble, NO_CAMERAS } from './cameraTrouble.ts';

export type CameraStatus =
  | { readonly status: 'asking' }
  | { readonly status: 'showing' }
  | { readonly status: 'failed'; readonly message: string };

interface Camera {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly state: CameraStatus;
  readonly again: () => void;
  /** What it shows now, as a file. */
  readonly take: () => Promise<File>;
}

/** The camera, from when the component appears until it goes: its light is out then. */
export function useCamera(): Camera {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<CameraStatus>({ status: 'asking' });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again
  useEffect(() => {
    let stream: MediaStream | undefined;
    let wanted = true;
    const stop = (): void => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const start = async (): Promise<void> => {
      if (!navigator.mediaDevices) return setState({ status: 'failed', message: NO_CAMERAS });
      setState({ status: 'asking' });
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: 'environment' },
          audio: false,
        });
        if (!wanted || !video.current) return stop();
        video.current.srcObject = stream;
        await video.current.play();
        if (wanted) setState({ status: 'showing' });
      } catch (error) {
        if (wanted) setState({ status: 'failed', message: cameraTrouble(error) });
      }
    };
    void start();
    return () => {
      wanted = false;
      stop();
    };
  }, [attempt]);
  return { video, state, again: () => setAttempt((count) => count + 1), take: () => frameOf(video.current!) };
}

function frameOf(video: HTMLVideoElement): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(new File([blob], 'camera.png', { type: 'image/png' }));
      else reject(new Error('The browser made no picture of what the camera shows.'));
    });
  });
}
