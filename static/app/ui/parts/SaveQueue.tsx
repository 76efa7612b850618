/** *Spara kön till fil* (CL11): the last way out for a phone that can't send; only the server can read the file. */
import { useState } from "preact/hooks";
import { count, t } from "../../i18n";
import { saveFile } from "../../pwa/saveFile";
import { attempt } from "../announce";
import { app } from "../state";
import { Working } from "./Working";

export function SaveQueue() {
  const [saved, setSaved] = useState("");
  const save = () => attempt(async () => {
    setSaved("");
    const { name, text, count: n } = await app().queueFile();
    await saveFile(name, text);
    setSaved(count("sync.fileSaved", n, { name }));
  });
  return (
    <section class="stack">
      <Working run={save} class="secondary">{t("sync.saveFile")}</Working>
      <p class="quiet">{t("sync.saveFileHint")}</p>
      <p role="status">{saved}</p>
    </section>
  );
}
