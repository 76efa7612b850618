/** Keeps the basemap on the phone: says its size first, how far it is, and what is kept; takes it away again. */
import { leavesRoom } from "../../domain/basemap";
import { t } from "../../i18n";
import { basemap, keepOffered, removeKept, stopKeeping } from "../basemap";
import { sizeOf } from "../read/size";
import { Working } from "./Working";

export function KeepBasemap() {
  const { kept, offered, use, doneBytes, why } = basemap.value;
  if (!kept && !offered) return null;
  const isNewer = offered !== null && offered.version !== kept?.version;
  const free = use && Math.max(0, use.quotaBytes - use.usedBytes);
  return (
    <section class="stack" aria-labelledby="basemap-title">
      <h2 id="basemap-title">{t("basemap.title")}</h2>
      <div role="status">
        {kept && <p>{t("basemap.kept", { size: sizeOf(kept.bytes) })}</p>}
        {doneBytes === null && why && <p class="notice">{t(`basemap.why.${why}`)}</p>}
      </div>
      {doneBytes !== null && offered ? (
        <>
          <label class="stack">
            {t("basemap.fetching", { done: sizeOf(doneBytes), size: sizeOf(offered.bytes) })}
            <progress max={offered.bytes} value={doneBytes} />
          </label>
          <button type="button" class="secondary" onClick={stopKeeping}>{t("basemap.stop")}</button>
        </>
      ) : (
        <>
          {isNewer && <p>{t(kept ? "basemap.newer" : "basemap.offered", { size: sizeOf(offered.bytes) })}{free !== null && ` ${t("basemap.free", { size: sizeOf(free) })}`}</p>}
          {isNewer && (leavesRoom(offered.bytes, use)
            ? <button type="button" class="secondary" onClick={() => void keepOffered()}>{t(kept ? "basemap.replace" : "basemap.keep", { size: sizeOf(offered.bytes) })}</button>
            : <p class="notice">{t(kept ? "basemap.noRoomForBoth" : "basemap.noRoom")}</p>)}
          {kept && <Working run={removeKept} class="secondary">{t("basemap.remove")}</Working>}
        </>
      )}
    </section>
  );
}
