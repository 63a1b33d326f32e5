import type { Backend, Graph, Session, SessionOptions } from '../backend.ts';

export interface SessionRequest extends SessionOptions {
  /** Same key, same session: everything the graph and its outputs depend on. */
  readonly key: string;
  readonly graph: () => Graph;
}

/**
 * Sessions built when first asked for, the few last used kept. Ask again in every scheduler step: one
 * step at a time runs, so a session that is let go here is never in use.
 */
export class Sessions {
  readonly #backend: Backend;
  readonly #capacity: number;
  readonly #kept = new Map<string, Session>();

  constructor(backend: Backend, capacity = 3) {
    this.#backend = backend;
    this.#capacity = capacity;
  }

  async get(request: SessionRequest): Promise<Session> {
    const kept = this.#kept.get(request.key);
    if (kept) {
      this.#kept.delete(request.key);
      this.#kept.set(request.key, kept); // newest last: a Map keeps insertion order
      return kept;
    }
    while (this.#kept.size >= this.#capacity) await this.#letGo(); // first, so that both never lie in memory
    const { keepOnDevice, keepMemory } = request;
    const session = await this.#backend.session(request.graph(), { keepOnDevice, keepMemory });
    this.#kept.set(request.key, session);
    return session;
  }

  async release(): Promise<void> {
    while (this.#kept.size > 0) await this.#letGo();
  }

  async #letGo(): Promise<void> {
    const oldest = this.#kept.entries().next().value;
    if (!oldest) return;
    this.#kept.delete(oldest[0]);
    await oldest[1].release();
  }
}
