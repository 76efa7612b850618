/** A sign of the map as it stands beside words; hidden from screen readers, which get the words. */
import { MARKS } from "../../map/looks";

export function Mark({ of }: { of: keyof typeof MARKS }) {
  const { shape, detail, fill, line } = MARKS[of];
  const stroke = `var(--${line})`;
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d={shape} fill={`var(--${fill})`} stroke={stroke} stroke-width="2" stroke-linejoin="round" />
      {detail && <path d={detail} fill="none" stroke={stroke} stroke-width="2.5" stroke-linecap="round" />}
    </svg>
  );
}
