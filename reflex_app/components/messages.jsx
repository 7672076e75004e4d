// What can be done with an answer.

import { useRef, useState } from "react";
import { Stroke } from "./icons.jsx";
import { t } from "./texts.js";

const THUMB = "M7 11v9H4v-9zM7 11l4-7.5a2 2 0 0 1 2.5 2.4L13 10h5.4a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H7";

function Thumb({ up, on, onClick }) {
  const label = up ? t("feedback.good") : t("feedback.bad");
  return (
    <button type="button" className="icon-btn" aria-label={label} title={label} aria-pressed={on} data-testid={up ? "thumb-up" : "thumb-down"} onClick={onClick}>
      <Stroke size={16}>
        <path d={THUMB} transform={up ? undefined : "rotate(180 12 12)"} fill={on ? "currentColor" : "none"} />
      </Stroke>
    </button>
  );
}

/** Thumb up or down, and some words if the reader likes. */
export function Feedback({ message, rating = "", comment = "", onJudge }) {
  const [asking, setAsking] = useState(false);
  const words = useRef(null);
  const judge = (next) => {
    const taken = rating === next ? "" : next;
    setAsking(taken !== "");
    onJudge?.(message, taken, taken ? comment : "");
  };
  const submit = (event) => {
    event.preventDefault();
    setAsking(false);
    onJudge?.(message, rating, words.current.value);
  };
  const press = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") setAsking(false);
  };
  return (
    <>
      <Thumb up on={rating === "UP"} onClick={() => judge("UP")} />
      <Thumb on={rating === "DOWN"} onClick={() => judge("DOWN")} />
      {asking && rating && (
        <form className="comment" onSubmit={submit}>
          <input ref={words} type="text" maxLength={2000} defaultValue={comment} placeholder={t("feedback.why")} aria-label={t("feedback.comment")} data-testid="comment" onKeyDown={press} />
          <button type="submit" className="plain-btn">
            {t("feedback.save")}
          </button>
        </form>
      )}
    </>
  );
}
