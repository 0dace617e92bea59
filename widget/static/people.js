// Whether anybody of the team is there, until or from when, and how soon they answer (service practice P34).

/** people: of the state frame. One or two sentences, times in the customer's zone; "" where nothing is known. */
export function sayPeople(wording, people, now = new Date()) {
  if (!people) return "";
  const { online, opens_at: opens, closes_at: closes, wait_seconds: wait } = people;
  if (!online) return opens ? wording.say("peopleBack", { when: wording.when(opens, now) }) : wording.peopleAway;
  const here = until(wording, new Date(closes ?? NaN), now);
  return wait === null || wait === undefined ? here : `${here} ${wording.say("peopleWait", { wait: wording.wait(wait) })}`;
}

function until(wording, closes, now) {
  // Past it, or round the clock: the state is older than the hours.
  if (!(closes > now)) return wording.peopleHere;
  const iso = closes.toISOString();
  return closes.toDateString() === now.toDateString() ? wording.say("peopleUntil", { time: wording.time(iso) })
    : wording.say("peopleUntilDay", { when: wording.when(iso, now) });
}
