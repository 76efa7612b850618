/**
 * What never came of the teams one leads: planned and not written, begun and not sent in, phones not heard of. Only the
 * server knows it, so it is asked each time; without coverage that is said instead of a number that may be old.
 */
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Absent } from "../../ports";
import { personName } from "../read/names";
import { moment } from "../read/values";
import { follow } from "../router";
import { app, isOffline, records, session } from "../state";
import { List } from "./List";

export function Absences() {
  const [found, setFound] = useState<Absent | null>();
  const offline = isOffline();
  useEffect(() => {
    let isShown = true;
    if (offline) setFound(null);
    else void app().absent().catch(() => null).then((answer) => isShown && setFound(answer));
    return () => void (isShown = false);
  }, [offline]);

  if (found === undefined) return <p class="quiet" role="status">{t("review.asking")}</p>;
  if (found === null) return <p class="quiet" role="status">{t("review.absentNeedsCoverage")}</p>;
  const all = records();
  const team = (id: string) => all.get("teams", id)?.fields.name ?? "";
  const name = (id: string) => personName(all, session(), id);
  return (
    <>
      <List title="review.missing" n={found.counts?.missing ?? found.missing.length} shown={found.missing.length}>
        {found.missing.map(({ kind, id, team_id, started_at, participant_ids }) => (
          <li key={id} class="card">
            {all.get("shifts", id) ? (
              <a class="change" href={`/app/pass/${id}`} onClick={follow}>{moment(started_at)} · {team(team_id)}</a>
            ) : (
              <p class="strong">{moment(started_at)} · {team(team_id)}</p>
            )}
            <p class="quiet">{[t(`review.missing.${kind}`), participant_ids.map(name).join(", ")].filter(Boolean).join(": ")}</p>
          </li>
        ))}
      </List>
      <List title="review.silent" n={found.counts?.silent ?? found.silent.length} shown={found.silent.length} hint="review.silentHint">
        {found.silent.map(({ shift_id, team_id, started_at, user_id, last_sync_at }) => (
          <li key={shift_id + user_id} class="card">
            <p class="strong">{name(user_id)}</p>
            <p class="quiet">{last_sync_at ? t("review.heardOf", { at: moment(last_sync_at) }) : t("review.neverHeardOf")}</p>
            <a class="change" href={`/app/pass/${shift_id}`} onClick={follow}>{moment(started_at)} · {team(team_id)}</a>
          </li>
        ))}
      </List>
    </>
  );
}
