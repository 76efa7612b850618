/** The order of the topic chips: the five seen most often stand first (screens.md). */
import { TOPICS, type Topic } from "../../domain/records";

export const FIRST_TOPICS: readonly Topic[] = ["gathering", "suspected_dealing", "drug_use", "alcohol", "violence_or_threat"];

export const TOPICS_IN_ORDER: readonly Topic[] = [...FIRST_TOPICS, ...TOPICS.filter((topic) => !FIRST_TOPICS.includes(topic))];
