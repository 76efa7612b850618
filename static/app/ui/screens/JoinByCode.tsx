/** *Gå med med kod*: for who walks with another team, or whose list has not come yet. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import { ErrorSummary, Input, type FieldError } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { Working } from "../parts/Working";
import { hasCome, joinWithCode } from "../joining";
import { replace } from "../router";
import { isOffline } from "../state";

export function JoinByCode() {
  const [typed, setTyped] = useState("");
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [coming, setComing] = useState<string | null>(null);
  const isHere = coming !== null && hasCome(coming);
  useEffect(() => {
    if (isHere) replace("/app");
  }, [isHere]);

  const join = async () => {
    const joined = await joinWithCode(typed);
    if (joined.kind === "there") return replace("/app");
    if (joined.kind === "coming") return setComing(joined.shiftId);
    setErrors(joined.text ? [{ id: "code", text: joined.text }] : []);
  };

  if (coming !== null) return <Screen title={t("code.join")} backTo="/app"><p role="status">{t("code.coming")}</p></Screen>;
  return (
    <Screen title={t("code.join")} backTo="/app" action={<Working run={join}>{t("code.submit")}</Working>}>
      {isOffline() && <p class="notice">{t("code.unreachable")}</p>}
      <form class="stack" onSubmit={(event) => (event.preventDefault(), void join())}>
        <ErrorSummary errors={errors} />
        <Input id="code" numeric label={t("code.label")} hint={t("code.hint")} value={typed} onInput={setTyped} errors={errors} />
        <input type="submit" hidden />
      </form>
    </Screen>
  );
}
