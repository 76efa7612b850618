/** Cache Storage in memory, as a browser has it: a cache that is deleted keeps its room while somebody holds on to it. */
const at = (path: string) => new URL(path, "https://demo.example/").href;

class MemoryCache {
  readonly kept = new Map<string, ArrayBuffer>();
  constructor(readonly storage: MemoryCaches) {}

  match = (path: string) => Promise.resolve(this.kept.has(at(path)) ? new Response(this.kept.get(at(path))) : undefined);
  keys = () => Promise.resolve([...this.kept.keys()].map((url) => ({ url })));
  delete(one: string | { url: string }): Promise<boolean> {
    const url = typeof one === "string" ? at(one) : one.url;
    this.storage.usedBytes -= this.kept.get(url)?.byteLength ?? 0;
    return Promise.resolve(this.kept.delete(url));
  }
  async put(path: string, response: Response): Promise<void> {
    const bytes = await response.arrayBuffer();
    if (this.storage.usedBytes + bytes.byteLength > this.storage.mostBytes) throw new DOMException("full", "QuotaExceededError");
    await this.delete(path);
    this.kept.set(at(path), bytes);
    this.storage.usedBytes += bytes.byteLength;
  }
}

export class MemoryCaches {
  mostBytes = Infinity;
  usedBytes = 0;
  readonly #named = new Map<string, MemoryCache>();

  has = (name: string) => Promise.resolve(this.#named.has(name));
  keys = () => Promise.resolve([...this.#named.keys()]);
  delete = (name: string) => Promise.resolve(this.#named.delete(name));
  open(name: string): Promise<MemoryCache> {
    const found = this.#named.get(name) ?? new MemoryCache(this);
    this.#named.set(name, found);
    return Promise.resolve(found);
  }
  match = async (path: string, { cacheName }: { cacheName: string }) => this.#named.get(cacheName)?.match(path);
}
