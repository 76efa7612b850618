/** A style sheet that comes with what needs it: a file of this build, linked once. */
const linked = new Map<string, Promise<void>>();

/** Resolves when the sheet is in force; rejects where it can't be had, and then may be asked for again. */
export function linkSheet(href: string): Promise<void> {
  const known = linked.get(href);
  if (known) return known;
  const loading = new Promise<void>((done, fail) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = () => done();
    link.onerror = () => {
      link.remove();
      linked.delete(href);
      fail(new Error("a style sheet is not to be had"));
    };
    document.head.append(link);
  });
  linked.set(href, loading);
  return loading;
}
