/** Keeps the basemap on the phone: says its size first, how far it is, and what is kept; takes it away again. */
import { leavesRoom } from "../../domain/basemap";
import { t } from "../../i18n";
import { basemap, keepOffered, removeKept, stopKeeping } from "../basemap";
import { sizeOf } from "../read/size";
import { useStill } from "../still";
import { Working } from "./Working";

export function KeepBasemap() {
  const { kept, offered, use, doneBytes, why } = basemap.value;
  const isFetching = doneBytes !== null;
  const isNewer = offered !== null && offered.version !== kept?.version;
  // The same button begins and breaks off: a second touch of the one is not meant for the other.
  const still = useStill([isFetching, isNewer, kept?.version].join());
  if (!kept && !offered) return null;
  const size = sizeOf((offered ?? kept)!.bytes);
  const canBegin = isNewer && leavesRoom(offered.bytes, use);
  return (
    <section class="stack" aria-labelledby="basemap-title" {...still}>
      <h2 id="basemap-title">{t("basemap.title")}</h2>
      <div role="status">
        {kept && <p>{t("basemap.kept", { size: sizeOf(kept.bytes) })}</p>}
        {!isFetching && why && <p class="notice">{t(`basemap.why.${why}`)}</p>}
      </div>
      {isFetching && (
        <label>
          {t("basemap.fetching", { done: sizeOf(doneBytes), size })}
          <progress max={offered?.bytes} value={doneBytes} />
        </label>
      )}
      {isNewer && !isFetching && (
        <p>
          {t(kept ? "basemap.newer" : "basemap.offered", { size })}
          {use && ` ${t("basemap.free", { size: sizeOf(Math.max(0, use.quotaBytes - use.usedBytes)) })}`}
        </p>
      )}
      {(isFetching || canBegin) && (
        <button type="button" class="secondary" onClick={() => (isFetching ? stopKeeping() : void keepOffered())}>
          {isFetching ? t("basemap.stop") : t(kept ? "basemap.replace" : "basemap.keep", { size })}
        </button>
      )}
      {isNewer && !isFetching && !canBegin && <p class="notice">{t(kept ? "basemap.noRoomForBoth" : "basemap.noRoom")}</p>}
      {kept && !isFetching && <Working run={removeKept} class="secondary">{t("basemap.remove")}</Working>}
    </section>
  );
}
