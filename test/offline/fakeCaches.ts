/** A browser's caches in memory: what the keeper uses of them. */
export class FakeCaches {
  readonly byName = new Map<string, FakeCache>();

  async open(name: string): Promise<FakeCache> {
    const known = this.byName.get(name) ?? new FakeCache();
    this.byName.set(name, known);
    return known;
  }
  async keys(): Promise<string[]> {
    return [...this.byName.keys()];
  }
  async delete(name: string): Promise<boolean> {
    return this.byName.delete(name);
  }
}

export class FakeCache {
  readonly kept = new Map<string, Response>();

  async match(address: string): Promise<Response | undefined> {
    return this.kept.get(address)?.clone();
  }
  async put(address: string, response: Response): Promise<void> {
    this.kept.set(address, response);
  }
  async keys(): Promise<{ url: string }[]> {
    return [...this.kept.keys()].map((url) => ({ url }));
  }
}
