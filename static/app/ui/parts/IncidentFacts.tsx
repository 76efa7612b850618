/** Threats, violence and near misses against staff, and for the central unit MUMIN interviews: counts only. */
import type { ComponentChildren } from "preact";
import { coded, t } from "../../i18n";
import { districtOptions } from "../read/start";
import { records, session } from "../state";
import type { Submission } from "../submit";
import { Fact } from "./Fact";
import { Stepper } from "./Stepper";

const INCIDENTS = ["threat", "violence", "near_miss"] as const;
const MOST = 50;

interface Props {
  form: Submission;
  central: boolean;
  onChange: (change: Partial<Submission>) => void;
  asked?: (field: "incidents" | "mumin") => ComponentChildren;
}

export function IncidentFacts({ form, central, onChange, asked }: Props) {
  const happened = INCIDENTS.filter((kind) => form.incidents[kind]).map((kind) => `${coded("incident", kind)} ${form.incidents[kind]}`);
  const interviews = form.mumin.reduce((sum, { count }) => sum + count, 0);
  const delegators = [{ value: "socialjour", label: t("mumin.socialjour") }, ...districtOptions(records())];
  const setMumin = (by: string, n: number) =>
    onChange({ mumin: [...form.mumin.filter((row) => row.delegated_by !== by), ...(n > 0 ? [{ delegated_by: by, count: n }] : [])] });
  return (
    <>
      <Fact label={t("check.incidents")} value={happened.join(" · ") || t("check.none")} asked={asked?.("incidents")}>
        <p class="quiet">{t("incident.report")}</p>
        <ReportLink />
        {INCIDENTS.map((kind) => (
          <Stepper key={kind} label={coded("incident", kind)} value={form.incidents[kind] ?? null} max={MOST}
            onChange={(n) => onChange({ incidents: { ...form.incidents, [kind]: n } })} />
        ))}
      </Fact>
      {central && (
        <Fact label={t("check.mumin")} value={interviews > 0 ? String(interviews) : t("check.none")} asked={asked?.("mumin")}>
          <p class="quiet">{t("mumin.delegatedBy")}</p>
          {delegators.map(({ value, label }) => (
            <Stepper key={value} label={label} value={form.mumin.find((row) => row.delegated_by === value)?.count ?? null} max={MOST} onChange={(n) => setMumin(value, n)} />
          ))}
        </Fact>
      )}
    </>
  );
}

/** The employer's own report is another system's: an ordinary link, nothing goes along. */
function ReportLink() {
  const address = session()?.incident_report_url;
  if (!address?.startsWith("https://")) return null;
  return <p><a class="change" href={address} target="_blank" rel="noreferrer">{t("incident.toReport")}</a></p>;
}
