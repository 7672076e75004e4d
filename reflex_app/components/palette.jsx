// The palette: conversations, passages and commands behind one box.

import { useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { commandsFor } from "./commands.jsx";
import { Stroke } from "./icons.jsx";
import { Keys } from "./keys.jsx";
import { PaletteBox } from "./palette_box.jsx";
import { useFound } from "./palette_search.js";
import { addressOf } from "./place.jsx";
import { language, t } from "./texts.js";

const RECENT = 6;
const TALK = "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 19 17h-7l-4.5 3.5V17H5a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 5 5z";
const QUOTE = "M5 7h14M5 12h14M5 17h8";

const Marked = ({ parts }) => parts.map((part, index) => (part.hit ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>));

const day = (moment) => new Date(moment).toLocaleDateString(language, { day: "numeric", month: "short", year: "numeric" });

const conversation = ({ id, title, archived }, parts) => ({
  id: `find-${id}`,
  drawing: TALK,
  title: parts ? <Marked parts={parts} /> : title,
  tag: archived ? t("palette.archived") : "",
  go: addressOf(id),
});

function passage({ conversation: { id, title, archived }, message, snippet }) {
  return {
    id: `find-${message.id}`,
    drawing: QUOTE,
    title: <Marked parts={snippet} />,
    note: t(message.role === "USER" ? "palette.question" : "palette.answer", { title, day: day(message.createdAt) }),
    tag: archived ? t("palette.archived") : "",
    go: `${addressOf(id)}#${message.id}`,
  };
}

/** Groups of what can be chosen; none is empty. */
function offers({ found, text, recent, gone, commands }) {
  const there = (hit) => !gone.includes(hit.conversation.id);
  const wanted = text.trim().toLowerCase();
  const groups = wanted
    ? [
        [t("palette.conversations"), found.titles.filter(there).map((hit) => conversation(hit.conversation, hit.snippet))],
        [t("palette.messages"), found.messages.filter(there).map(passage)],
        [t("palette.commands"), commands.filter((command) => command.title.toLowerCase().includes(wanted))],
      ]
    : [
        [t("palette.recent"), recent.slice(0, RECENT).map((item) => conversation(item))],
        [t("palette.commands"), commands],
      ];
  return groups.filter(([, options]) => options.length);
}

function Option({ option, active, onChoose, onPoint }) {
  return (
    <div id={option.id} role="option" aria-selected={active} className={active ? "offer on" : "offer"} data-testid="offer" onPointerMove={onPoint} onClick={onChoose}>
      <Stroke size={16}>
        <path d={option.drawing} />
      </Stroke>
      <span className="offer-text" dir="auto">
        <span className="offer-title">{option.title}</span>
        {option.note && <small>{option.note}</small>}
      </span>
      {option.tag && <span className="tag">{option.tag}</span>}
      {option.keys && <Keys combo={option.keys} />}
    </div>
  );
}

function Note({ found, text, count }) {
  if (found.failed) return <p className="palette-note">{t("palette.offline")}</p>;
  if (!text.trim() || found.pending) return null;
  if (!count) return <p className="palette-note">{t("palette.nothing", { words: text.trim() })}</p>;
  return found.more ? <p className="palette-note">{t("palette.more")}</p> : null;
}

/** Says once how many there are when an answer came. */
function announced(found, text, count) {
  if (!text.trim() || found.pending) return "";
  if (found.failed) return t("palette.offline");
  if (!count) return t("palette.nothing", { words: text.trim() });
  return t("palette.results", { count });
}

export default function Palette({ query, text, conversations, gone, actions, onText, onClose }) {
  const navigate = useNavigate();
  const [at, setAt] = useState(0);
  const list = useRef(null);
  const found = useFound(query, text);
  const commands = useMemo(() => commandsFor(actions), [actions]);
  const groups = offers({ found, text, recent: conversations, gone, commands });
  const options = groups.flatMap(([, each]) => each);
  const active = options[Math.min(at, options.length - 1)];
  useEffect(() => setAt(0), [text, found.words]);
  useEffect(() => {
    list.current.querySelector(".on")?.scrollIntoView({ block: "nearest" });
  }, [active?.id]);
  const choose = (option) => {
    if (!option) return;
    onClose();
    if (option.go) navigate(option.go, { state: { words: text.trim() } });
    else option.run();
  };
  const press = (event) => {
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (composing || (!step && event.key !== "Enter")) return;
    event.preventDefault();
    if (event.key === "Enter") choose(active);
    else setAt((Math.min(at, options.length - 1) + step + options.length) % Math.max(1, options.length));
  };
  return (
    <PaletteBox text={text} active={active?.id} onText={onText} onPress={press} onClose={onClose}>
      <div ref={list} className="palette-list" id="palette-list" role="listbox" aria-label={t("palette.list")} aria-busy={found.pending} tabIndex={0}>
        {groups.map(([name, each]) => (
          <div key={name} role="group" aria-label={name}>
            <p className="side-h" aria-hidden="true">{name}</p>
            {each.map((option) => (
              <Option key={option.id} option={option} active={option === active} onChoose={() => choose(option)} onPoint={() => option !== active && setAt(options.indexOf(option))} />
            ))}
          </div>
        ))}
      </div>
      <Note found={found} text={text} count={options.length} />
      <p className="sr-only" role="status">{announced(found, text, options.length)}</p>
    </PaletteBox>
  );
}
