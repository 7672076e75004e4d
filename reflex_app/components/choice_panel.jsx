// What can be chosen for a conversation: assistant, model and options; loaded when opened.

import { useEffect, useRef, useState } from "react";
import { Stroke } from "./icons.jsx";
import { t } from "./texts.js";

const SETTLE_MS = 300;

/** Moves between the lines by the arrow keys, across both menus. */
function walk(event) {
  if (event.key === "Escape") event.stopPropagation(); // it closes the panel, and stops no answer
  const lines = [...event.currentTarget.querySelectorAll("[role=menuitemradio]:not(:disabled)")];
  const at = lines.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined || at < 0) return;
  event.preventDefault();
  lines.at(next % lines.length).focus();
}

function Line({ hook, on, disabled, name, about, warning, retired, onClick }) {
  return (
    <button type="button" role="menuitemradio" aria-checked={on} className="item choice" data-testid={hook} disabled={disabled} onClick={onClick}>
      <span className="choice-name">{name}</span>
      <small>{about}</small>
      {warning && <small className={retired ? "worry strong" : "worry"}>{warning}</small>}
      {on && (
        <Stroke size={16}>
          <path d="m5 12 5 5L20 7" />
        </Stroke>
      )}
    </button>
  );
}

function Menu({ title, children }) {
  return (
    <section>
      <h2 className="side-h">{title}</h2>
      <div role="menu" aria-label={title}>
        {children}
      </div>
    </section>
  );
}

/** Hands values over when they have settled, and at the latest when it goes away. */
function useSettled(first, send) {
  const [values, setValues] = useState(first);
  const latest = useRef({});
  const timer = useRef(0);
  const flush = () => {
    clearTimeout(timer.current);
    if (latest.current.values) send(latest.current.values);
    latest.current.values = null;
  };
  latest.current.flush = flush;
  const change = (next) => {
    setValues(next);
    latest.current.values = next;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current.flush(), SETTLE_MS);
  };
  useEffect(() => () => latest.current.flush(), []);
  return [values, change];
}

function Options({ choice, usual, onChange }) {
  const [{ temperature, limit }, change] = useSettled({ temperature: choice.temperature, limit: choice.limit }, onChange);
  const untouched = !temperature && !limit;
  return (
    <section className="tuning">
      <h2 className="side-h">{t("choice.options")}</h2>
      <label>
        <span>{t("choice.temperature")}</span>
        <output data-testid="temperature-now">{temperature || t("choice.usual", { value: String(usual) })}</output>
        <input type="range" min="0" max="2" step="0.1" value={temperature || usual} data-testid="temperature" onChange={(event) => change({ temperature: event.target.value, limit })} />
        <small>{t("choice.temperature_note")}</small>
      </label>
      <label className="limit">
        <span>{t("choice.limit")}</span>
        <input type="number" min="1" step="1" inputMode="numeric" value={limit} placeholder={t("choice.no_limit")} data-testid="limit" onChange={(event) => change({ temperature, limit: event.target.value })} />
      </label>
      <p>
        <small>{t("choice.scope")}</small>
        <button type="button" className="plain-btn" disabled={untouched} data-testid="options-reset" onClick={() => change({ temperature: "", limit: "" })}>
          {t("choice.reset")}
        </button>
      </p>
    </section>
  );
}

export function ChoicePanel({ assistants, models, choice, now, onChoose, onDone }) {
  const box = useRef(null);
  const latest = useRef(choice);
  latest.current = { ...choice };
  useEffect(() => (box.current.querySelector("[data-testid=model][aria-checked=true]") ?? box.current.querySelector("[role=menuitemradio]"))?.focus(), []);
  const choose = (part) => {
    const { assistant, model, temperature, limit } = { ...latest.current, ...part };
    latest.current = { assistant, model, temperature, limit };
    onChoose?.(assistant, model, temperature, limit);
  };
  const pick = (part) => {
    choose(part);
    onDone();
  };
  return (
    <div ref={box} onKeyDown={walk}>
      <Menu title={t("choice.assistant")}>
        {assistants.map(({ assistant_id, name, description }) => (
          <Line key={assistant_id} hook="assistant" on={assistant_id === now.assistant?.assistant_id} name={name} about={description} onClick={() => pick({ assistant: assistant_id })} />
        ))}
      </Menu>
      <Menu title={t("choice.model")}>
        {models.map(({ model_id, name, about, warning, retired }) => (
          <Line key={model_id} hook="model" on={model_id === now.model?.model_id} disabled={retired} name={name} about={about} warning={warning} retired={retired} onClick={() => pick({ model: model_id === now.assistant?.model_id ? "" : model_id })} />
        ))}
      </Menu>
      <Options choice={choice} usual={now.assistant?.temperature ?? 0} onChange={choose} />
    </div>
  );
}
