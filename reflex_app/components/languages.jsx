// The menu of languages: what is chosen is kept, and the page opens in it.

import { useEffect, useState } from "react";
import { Stroke } from "./icons.jsx";
import { language } from "./texts.js";

const YEAR_S = 31_536_000;

/** Lists languages by their own names; `kept` is the cookie that the server reads. */
export function Languages({ names, kept }) {
  const [current, setCurrent] = useState("");
  useEffect(() => setCurrent(language), []);
  const choose = (tag) => {
    document.cookie = `${kept}=${tag}; path=/; max-age=${YEAR_S}; samesite=lax`;
    location.reload();
  };
  return Object.entries(names).map(([tag, name]) => (
    <button key={tag} type="button" className="item" lang={tag} aria-pressed={tag === current} data-testid={`language-${tag}`} onClick={() => choose(tag)}>
      <span>{name}</span>
      {tag === current && (
        <Stroke size={16}>
          <path d="m5 12 5 5L20 7" />
        </Stroke>
      )}
    </button>
  ));
}
