// The order and the headings of the list of conversations.

import { language, t } from "./texts.js";

const DAY_MS = 86_400_000;

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
const newest = (name) => (a, b) => new Date(b[name]) - new Date(a[name]);

/** The heading a moment belongs under, for a reader who looks at it `now`. */
export function groupOf(updated, now = new Date()) {
  const date = new Date(updated);
  const days = Math.round((midnight(now) - midnight(date)) / DAY_MS);
  if (days <= 0) return t("group.today");
  if (days === 1) return t("group.yesterday");
  if (days <= 7) return t("group.week");
  if (days <= 30) return t("group.month");
  return date.toLocaleDateString(language, { month: "long", year: "numeric" });
}

/** Lays what changed over what was read; newest activity first. */
export function listed(items, fresh, gone) {
  const all = new Map(items.map((item) => [item.id, item]));
  fresh.forEach((item) => all.set(item.id, item));
  gone.forEach((id) => all.delete(id));
  return [...all.values()].sort(newest("updated"));
}

/** Groups by date, behind those that were put on top. */
export function grouped(conversations) {
  const pinned = conversations.filter((item) => item.pinned).sort(newest("pinned"));
  const groups = new Map(pinned.length ? [[t("group.pinned"), pinned]] : []);
  for (const item of conversations) {
    if (item.pinned) continue;
    const name = groupOf(item.updated);
    groups.set(name, [...(groups.get(name) || []), item]);
  }
  return [...groups];
}
