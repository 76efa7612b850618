/**
 * The synced collections as they travel (api.md, "Sync"): names, codes and fields.
 * Knows nothing of storage, network or screens.
 */

export const AGE_BANDS = ["0-12", "13-15", "16-17", "18-20", "21+", "unknown"] as const;
export const GENDERS = ["female", "male", "unknown"] as const;
export const ARENAS = ["outdoor", "school", "youth_centre", "mall", "transit", "event", "digital", "meeting", "other"] as const;
export const KINDS = ["day", "evening", "night", "event"] as const;
export const EVENTS = ["lucia", "valborg", "skolavslutning", "halloween", "nyar", "lov", "other"] as const;
export const ASSIGNMENTS = ["core", "reinforcement"] as const;
export const OUTCOMES = ["observed", "nothing_noted", "not_visited"] as const;
export const NOT_VISITED_REASONS = [
  "time", "safety", "other_task", "moved_focus", "nobody_there", "weather", "understaffed", "other",
] as const;
export const TOGETHER_WITH = [
  "police", "public_order_guard", "safety_host", "school", "youth_centre", "property_owner",
  "night_walkers", "other_field_team",
] as const;
export const ACTIONS = [
  "presence", "conversation", "information", "guardian_contacted", "accompanied_home", "conflict_calmed",
  "called_police", "called_ambulance", "called_social_emergency", "reported_fault", "activity",
] as const;
export const SITUATIONS = ["calm", "uneasy", "serious"] as const;
export const TOPICS = [
  "suspected_dealing", "drug_use", "suspected_recruitment", "violence_or_threat", "weapon", "alcohol", "vandalism",
  "gathering", "vulnerable_girl_or_woman", "vulnerable_adult", "positive_activity", "other",
] as const;
export const CONDITIONS = [
  "lighting_out", "overgrown", "hiding_place", "litter", "paraphernalia", "broken_environment", "none",
] as const;
export const REFERRALS = [
  "guardian", "school", "social_services", "social_emergency", "maria_ungdom", "youth_centre", "health_care",
  "womens_support", "exploitation_support", "mumin", "concern_report", "adult_services", "other",
] as const;
export const VOICES = ["safe", "unsafe", "pressure_to_sell", "wants_activity"] as const;
export const ACTORS = [
  "police", "public_order_guard", "social_services", "school", "property_owner", "traffic_office", "youth_centre",
  "night_walkers", "other",
] as const;
export const PRIORITY_REASONS = [
  "suspected_dealing", "recruitment_worry", "violence", "girls_and_women", "gathering", "school_request",
  "follow_up", "event",
] as const;

export type AgeBand = (typeof AGE_BANDS)[number];
export type Gender = (typeof GENDERS)[number];
export type Arena = (typeof ARENAS)[number];
export type Outcome = (typeof OUTCOMES)[number];
export type Topic = (typeof TOPICS)[number];

/** Set by the server: who wrote a record, and codes of what a reader should know of it (PU11, PU14, PU15, PL5). */
export interface Answered {
  created_by?: string;
  received_at?: string;
  flags?: string[];
}

export interface Shift extends Answered {
  team_id: string;
  district: string;
  kind: (typeof KINDS)[number];
  assignment: (typeof ASSIGNMENTS)[number];
  requested_by: string | null;
  event: string | null;
  reason: string;
  briefing_id: string | null;
  plan_id: string | null;
  started_at: string;
  ended_at: string | null;
  participant_ids: string[];
  other_participants: number;
  arena_minutes: Partial<Record<Arena, number>>;
  mumin: { delegated_by: string; count: number }[];
  incidents: { threat?: number; violence?: number; near_miss?: number };
  handover_note: string;
  /** `site_id`: the place it is about; absent where it is about none. */
  open_items: { id: string; text: string; state: "open" | "done" | "dropped"; by: string; at: string; site_id?: string | null }[];
  status: "draft" | "submitted" | "returned" | "approved";
}

export interface Visit extends Answered {
  shift_id: string;
  site_id: string | null;
  school_unit_code: string | null;
  place: { lat: number; lon: number; label: string } | null;
  neighbourhood: string | null;
  arena: Arena;
  arrived_at: string;
  left_at: string | null;
  time_precision: "exact" | "band";
  outcome: Outcome;
  not_visited_reason: (typeof NOT_VISITED_REASONS)[number] | null;
  together_with: string[];
  audience: ("youth" | "adults")[];
  actions: string[];
  entered_afterwards: boolean;
  district?: string;
}

export interface Count {
  age_band: AgeBand;
  gender: Gender;
  present: number;
  contacts: number;
}

export interface Observation extends Answered {
  visit_id: string;
  observed_at: string;
  situation: (typeof SITUATIONS)[number] | null;
  topics: Topic[];
  conditions: string[];
  people_basis: "counted" | "estimated" | "not_counted";
  counts: Count[];
  referrals: { to: string; count: number }[];
  voices: string[];
  moved_from: string | null;
  moved_to: string | null;
  note: string;
}

export interface Briefing extends Answered {
  held_at: string;
  joint: boolean;
  districts: string[];
  police_area: string | null;
  actors: { actor: string; people: number }[];
  valid_from: string;
  valid_until: string;
  priorities: { site_id: string; rank: number; reason: string; covered_by: string | null }[];
  note: string;
  /** Set by the server: when it was last edited. */
  changed_at?: string | null;
}

/** A pass the team means to work. Who coordinates walks reads its time and place alone. */
export interface ShiftPlan {
  district: string;
  date: string;
  starts_at: string;
  ends_at: string;
  team_id?: string;
  kind?: (typeof KINDS)[number];
  planned_people?: number;
}

export const WALK_STATUSES = ["planned", "ready", "under_way", "done", "cancelled"] as const;
export const MOODS = ["calm", "lively", "uneasy"] as const;

/** A group that walks at night; never who is in it. */
export interface WalkGroup {
  district: string;
  name: string;
  kind: "association" | "school_class" | "other";
  area: string;
  usual_weekday: number | null;
  expected: number;
}

export interface Walk {
  district: string;
  group_id: string;
  planned_start: string;
  planned_end: string;
  meeting_point: string;
  site_ids: string[];
  planned_walkers: number;
  actual_walkers: number | null;
  vests_lent: number;
  status: (typeof WALK_STATUSES)[number];
  mood: (typeof MOODS)[number] | null;
  log_note: string;
  duty_phone: string;
}

export interface Site {
  id: string;
  name: string;
  public_label: string;
  district: string;
  kind: "open_drug_scene" | "emerging" | "other";
  safety_level?: "normal" | "extra_care" | "do_not_go";
  /** Why, as a leader set it; for those who work there. */
  safety_reason?: string | null;
  mappings: { year: number; status: string }[];
  priorities: { level: string; reason: string; from: string; to: string | null }[];
  school_near: "yes" | "uncertain" | "no";
  schools: { school_unit_code: string; name: string; distance_m: number; basis: "point" | "edge" }[];
  geometry: { type: string; coordinates: unknown };
  coordinate_uncertainty_m: number;
  last_visited_on: string | null;
  /** The site that took this one over; what is about this one is about that one. */
  merged_into_id?: string | null;
  /** In the four weeks before the last visit: visits by all units, and those with something noted. */
  visits_lately?: { visits: number; noted: number };
}

export interface School {
  school_unit_code: string;
  name: string;
  school_forms: string[];
  grades: string[];
  organiser: string;
  status: string;
  district: string | null;
  lat: number | null;
  lon: number | null;
}

export interface District {
  code: string;
  name: string;
  neighbourhoods: string[];
  police_areas: string[];
  /** Its outline, coarse enough to travel; absent on phones that got their districts from an older server. */
  outline?: { type: string; coordinates: unknown };
}

export interface Team {
  id: string;
  name: string;
  district: string | null;
}

export interface Person {
  id: string;
  name: string;
  team_ids: string[];
}

export type RejectionState = "open" | "handed_over" | "replayed" | "corrected" | "discarded";

export interface Rejection {
  id: string;
  mutation_id: string;
  collection: string;
  record_id: string;
  op: "create" | "update" | "delete";
  fields: Record<string, unknown>;
  slug: string;
  message: string;
  author_id: string;
  state: RejectionState;
  reason: string;
  received_at?: string;
  /** What is wrong with which field, in words. */
  field_errors?: Record<string, string[]>;
}

/** What becomes of one field two sides changed: the server's value, the sent one, or another. */
export interface Choice {
  choice: "server" | "sent" | "other";
  value?: unknown;
}
export type Resolution = Record<string, Choice>;

/**
 * PU5: two sides changed the same; both values are kept. `server` is `{"deleted": true}` where the record was
 * deleted, `sent` where the delete met a newer version.
 */
export interface Conflict {
  id: string;
  mutation_id: string;
  collection: string;
  record_id: string;
  op: "create" | "update" | "delete";
  server: Record<string, unknown>;
  sent: Record<string, unknown>;
  state: "open" | "resolved";
  resolution: Resolution | null;
  author_id: string;
  made_at: string;
  /** Who changed it on the server, null where nobody did (the server itself). */
  server_by: string | null;
  server_at: string;
}

/** PU9, PU11: a mutation kept whole that waits for its parent (held) or for a decision (late). */
export interface Waiting {
  id: string;
  mutation_id: string;
  collection: string;
  record_id: string;
  op: "create" | "update" | "delete";
  fields: Record<string, unknown>;
  author_id: string;
  since: string;
  state: "waiting" | "applied" | "rejected";
}

/** What the reviewer asked to have completed, or why it was mended: one field of one record, or the shift as a whole. */
export interface ReviewComment {
  id: string;
  shift_id: string;
  record_id: string | null;
  field: string | null;
  text: string;
  author_id: string;
  made_at: string;
  /** The round it came with, and until when that asks for the pass again; older ones say neither. */
  review_id?: string | null;
  due_on?: string | null;
  /** Where the leader mended it: what the field said, without words that were taken away. Nothing was asked then. */
  before?: Record<string, unknown> | null;
}

/** Every collection a phone may hold, with the shape of its records. */
export interface Collections {
  shifts: Shift;
  visits: Visit;
  observations: Observation;
  briefings: Briefing;
  shift_plans: ShiftPlan;
  walk_groups: WalkGroup;
  walks: Walk;
  sites: Site;
  schools: School;
  districts: District;
  teams: Team;
  people: Person;
  rejections: Rejection;
  conflicts: Conflict;
  held: Waiting;
  late: Waiting;
  review_comments: ReviewComment;
}
export type CollectionName = keyof Collections;
