/** Signing in: on a fresh phone, and again when the session has ended while records wait. */
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { problemOf } from "../announce";
import { ErrorSummary, Input, type FieldError } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { Working } from "../parts/Working";
import { replace } from "../router";
import { app, session, status } from "../state";
import { restoreUndo } from "../undo";

export function SignIn() {
  const [email, setEmail] = useState(session()?.user.email ?? "");
  const [password, setPassword] = useState("");
  const [errors, setErrors] = useState<FieldError[]>([]);

  const submit = async () => {
    const missing: FieldError[] = [];
    if (!email.includes("@")) missing.push({ id: "email", text: t("signIn.emailMissing") });
    if (!password) missing.push({ id: "password", text: t("signIn.passwordMissing") });
    if (missing.length > 0) return setErrors(missing);
    const failed = await attemptSignIn(email.trim(), password);
    if (failed) return setErrors([{ id: "password", text: failed }]);
    await restoreUndo().catch(() => undefined);
    replace("/app");
  };

  const again = session() !== null;
  return (
    <Screen title={t("signIn.title")} {...(again && { backTo: "/app" })}>
      {again && <p>{t("signIn.again", { n: status().queued })}</p>}
      <form class="stack" onSubmit={(event) => (event.preventDefault(), void submit())}>
        <ErrorSummary errors={errors} />
        <Input id="email" type="email" label={t("signIn.email")} autocomplete="username" value={email} onInput={setEmail} errors={errors} />
        <Input id="password" type="password" label={t("signIn.password")} autocomplete="current-password" value={password} onInput={setPassword} errors={errors} />
        <Working run={submit}>{t("signIn.submit")}</Working>
        <input type="submit" hidden />
      </form>
      <p class="quiet">{t("signIn.offlineHint")}</p>
    </Screen>
  );
}

/** Returns what went wrong in words, or null. */
async function attemptSignIn(email: string, password: string): Promise<string | null> {
  try {
    const outcome = await app().signIn(email, password);
    if (outcome.kind === "session") return null;
    if (outcome.kind === "wait") return t("signIn.wait", { n: outcome.retryAfterS });
    if (outcome.kind === "refused") return outcome.message || t("signIn.refused");
    return outcome.kind === "unreachable" ? t("signIn.unreachable") : t("signIn.bad");
  } catch (error) {
    return t(problemOf(error));
  }
}
