/**
 * What the server fills in when a create leaves it out (api.md: "the rest has a default"), so that a
 * record looks the same before and after its receipt. Knows field names only.
 */
import type { Fields } from "../ports";

const DEFAULTS: Record<string, Fields> = {
  shifts: {
    assignment: "core", requested_by: null, event: null, reason: "", briefing_id: null, plan_id: null, ended_at: null,
    participant_ids: [], other_participants: 0, arena_minutes: {}, mumin: [], incidents: {}, handover_note: "",
    open_items: [], status: "draft",
  },
  visits: {
    site_id: null, school_unit_code: null, place: null, neighbourhood: null, left_at: null, time_precision: "exact",
    not_visited_reason: null, together_with: [], audience: [], actions: [], entered_afterwards: false,
  },
  observations: {
    situation: null, topics: [], conditions: [], counts: [], referrals: [], voices: [],
    moved_from: null, moved_to: null, note: "",
  },
  shift_plans: { kind: "evening", planned_people: 2 },
  walk_groups: { kind: "association", area: "", usual_weekday: null, expected: 0 },
  walks: {
    meeting_point: "", site_ids: [], planned_walkers: 0, actual_walkers: null, vests_lent: 0, mood: null, log_note: "", duty_phone: "",
  },
  briefings: { police_area: null, actors: [], priorities: [], note: "" },
};

/** Return the fields of a record the server has not answered yet, completed as it will be. */
export function withDefaults(collection: string, fields: Fields): Fields {
  const whole: Fields = { ...DEFAULTS[collection], ...fields };
  if (collection === "observations" && whole.people_basis === undefined) {
    whole.people_basis = (whole.counts as unknown[]).length > 0 ? "counted" : "not_counted";
  }
  return whole;
}
