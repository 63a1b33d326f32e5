import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../src/engine/running/scheduler.ts';
import { LensError } from '../../src/errors.ts';

/** A step that waits to be told to end. */
function held() {
  let end: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { step: () => done, end };
}

describe('Scheduler', () => {
  it('runs one step at a time, short ones first, each kind in order of arrival', async () => {
    const scheduler = new Scheduler();
    const first = held();
    const order: string[] = [];
    let running = 0;
    const note = (name: string) => async () => {
      expect(++running).toBe(1);
      order.push(name);
      await Promise.resolve();
      running--;
    };
    const all = [
      scheduler.run('long', first.step),
      scheduler.run('long', note('long 1')),
      scheduler.run('short', note('short 1')),
      scheduler.run('long', note('long 2')),
      scheduler.run('short', note('short 2')),
    ];
    first.end();
    await Promise.all(all);
    expect(order).toEqual(['short 1', 'short 2', 'long 1', 'long 2']);
  });

  it('leaves the queue at once when cancelled', async () => {
    const scheduler = new Scheduler();
    const first = held();
    const running = scheduler.run('long', first.step);
    const controller = new AbortController();
    let ran = false;
    const waiting = scheduler.run(
      'long',
      async () => {
        ran = true;
      },
      controller.signal,
    );
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ tag: 'cancelled' });
    await expect(scheduler.run('short', async () => {}, controller.signal)).rejects.toMatchObject({
      tag: 'cancelled',
    });
    first.end();
    await running;
    expect(ran).toBe(false);
  });

  it('goes on after a step that throws', async () => {
    const scheduler = new Scheduler();
    const failing = scheduler.run('long', async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await scheduler.run('long', async () => 7)).toBe(7);
  });

  it('fails all there is and all to come once closed', async () => {
    const scheduler = new Scheduler();
    const lost = new LensError('device-lost', 'gone');
    const stuck = scheduler.run('long', () => new Promise<void>(() => {}));
    const waiting = scheduler.run('short', async () => {});
    scheduler.close(lost);
    for (const call of [stuck, waiting, scheduler.run('short', async () => {})]) {
      await expect(call).rejects.toBe(lost);
    }
  });
});
