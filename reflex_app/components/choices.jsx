// Who answers: the button in the bar. What can be chosen is loaded when it is opened.

import { useEffect, useRef, useState } from "react";
import { Stroke } from "./icons.jsx";
import { t } from "./texts.js";

const PANEL = "choices";
const load = () => import("./choice_panel.jsx");

/** The assistant and the model that answer, given what was chosen. */
function current(assistants, models, choice) {
  const assistant = assistants.find(({ assistant_id }) => assistant_id === choice.assistant) ?? assistants[0];
  const id = choice.model || assistant?.model_id;
  return { assistant, model: models.find(({ model_id }) => model_id === id) };
}

const Worry = ({ model }) => (
  <span className={model.retired ? "worry strong" : "worry"} title={model.warning}>
    <Stroke size={14}>
      <path d="M12 4.5l8.5 15h-17zM12 10.5v4M12 17v.1" />
    </Stroke>
    <span className="sr-only">{model.warning}</span>
  </span>
);

function Label({ assistant, model }) {
  return (
    <>
      <span className="bar-name">{assistant?.name}</span>
      <span className="bar-model">{model?.name ?? assistant?.model}</span>
      {model?.warning && <Worry model={model} />}
    </>
  );
}

/** Opens the choice of assistant, model and options for this conversation. */
export function Choices({ assistants, models, choice, ready, onChoose }) {
  const panel = useRef(null);
  const [Panel, setPanel] = useState(null);
  const [open, setOpen] = useState(false);
  const now = current(assistants, models, choice);
  useEffect(() => {
    if (open && !Panel) load().then((module) => setPanel(() => module.ChoicePanel));
  }, [open]);
  return (
    <div className="bar-title">
      <button type="button" className="chooser" popoverTarget={PANEL} aria-haspopup="dialog" aria-expanded={open} disabled={!ready} data-testid="chooser" onPointerEnter={load} onFocus={load}>
        <span className="sr-only">{t("choice.open")}</span>
        <Label {...now} />
        {ready && (
          <Stroke size={14}>
            <path d="M6 9.5l6 6 6-6" />
          </Stroke>
        )}
      </button>
      <div ref={panel} id={PANEL} className="pop choices" popover="auto" role="dialog" aria-label={t("choice.open")} data-testid="choices" onToggle={(event) => setOpen(event.newState === "open")}>
        {open && Panel && <Panel assistants={assistants} models={models} choice={choice} now={now} onChoose={onChoose} onDone={() => panel.current.hidePopover()} />}
      </div>
    </div>
  );
}
