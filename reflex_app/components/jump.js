// Goes to the message that the address names, and shows the words that were found.

import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { usePlace } from "./place.jsx";

const TARGET = /^#(msg_\w+)$/;
const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]/;
const SHOWN_MS = 8000;
const MOST_RANGES = 200;
const STEADY_FRAMES = 3;
const MOST_FRAMES = 90;
const STIRRING = ["wheel", "touchmove", "keydown", "pointerdown"];

function pattern(words) {
  const each = words.split(/\s+/).filter(Boolean);
  const plain = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const forms = each.map((word, index) => {
    if (UNSPACED.test(word)) return plain(word);
    const end = index === each.length - 1 ? "" : "(?![\\p{L}\\p{N}])";
    return `(?<![\\p{L}\\p{N}])${plain(word)}${end}`;
  });
  return forms.length ? new RegExp(forms.join("|"), "giu") : null;
}

/** Where the words stand in the texts of a message. */
function rangesOf(message, words) {
  const wanted = pattern(words);
  const ranges = [];
  if (!wanted) return ranges;
  const texts = document.createTreeWalker(message.querySelector(".md, .bubble") || message, NodeFilter.SHOW_TEXT);
  while (texts.nextNode() && ranges.length < MOST_RANGES) {
    for (const found of texts.currentNode.data.matchAll(wanted)) {
      const range = new Range();
      range.setStart(texts.currentNode, found.index);
      range.setEnd(texts.currentNode, found.index + found[0].length);
      ranges.push(range);
    }
  }
  return ranges;
}

/** Marks a message and the words in it for a moment; gives back how to end that. */
function mark(message, ranges) {
  message.toggleAttribute("data-found", true);
  if (ranges.length && window.CSS?.highlights) CSS.highlights.set("found", new Highlight(...ranges));
  const end = () => {
    message.removeAttribute("data-found");
    window.CSS?.highlights?.delete("found");
  };
  const timer = setTimeout(end, SHOWN_MS);
  return () => (clearTimeout(timer), end());
}

/** Brings a place into the upper half of the view and holds it until all is laid out. */
function bring(box, message, range) {
  let [top, steady, frames, request] = [NaN, 0, 0, 0];
  const stop = () => {
    cancelAnimationFrame(request);
    STIRRING.forEach((name) => removeEventListener(name, stop, true));
  };
  const step = () => {
    const view = box.getBoundingClientRect();
    const seen = [range, message].map((one) => one?.getBoundingClientRect()).find((rect) => rect?.height);
    if (seen) box.scrollTop += seen.top - view.top - view.height / 4;
    else message.scrollIntoView();
    const now = message.getBoundingClientRect().top;
    steady = Math.abs(now - top) < 1 ? steady + 1 : 0;
    top = now;
    if (steady < STEADY_FRAMES && ++frames < MOST_FRAMES) request = requestAnimationFrame(step);
    else stop();
  };
  STIRRING.forEach((name) => addEventListener(name, stop, { capture: true, passive: true }));
  step();
  return stop;
}

/** What came of asking for a message, for a moment. */
function useOutcome(reached, target) {
  const [outcome, setOutcome] = useState("");
  useEffect(() => {
    const [about, said = ""] = reached.split(" ");
    setOutcome(about === target ? said : "");
    const timer = setTimeout(() => setOutcome(""), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [reached, target]);
  return outcome;
}

/**
 * Shows the message that the address names, once for each visit.
 *
 * One that is not on the page is asked for; `reached` changes when that was tried, and
 * `first` when earlier messages came.
 */
export function useJump(box, { shown, reached, first, release, onReach }) {
  const { hash, key, state } = useLocation();
  const place = usePlace();
  const target = TARGET.exec(hash)?.[1];
  const done = useRef("");
  const asked = useRef("");
  const end = useRef(() => {});
  useEffect(() => {
    const visit = target ? `${key} ${target}` : "";
    if (!visit) done.current = "";
    if (!visit || shown !== place || done.current === visit) return;
    const message = document.getElementById(target);
    if (!message) {
      if (asked.current === visit || !first) return;
      asked.current = visit;
      onReach?.(target);
      return;
    }
    done.current = visit;
    end.current();
    release();
    const ranges = rangesOf(message, state?.words || "");
    const [unmark, stop] = [mark(message, ranges), bring(box.current, message, ranges[0])];
    end.current = () => (unmark(), stop());
    message.tabIndex = -1;
    message.focus({ preventScroll: true });
  }, [target, key, shown, place, reached, first]);
  useEffect(() => () => end.current(), []);
  return useOutcome(reached, target);
}
