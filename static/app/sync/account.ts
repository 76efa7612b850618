/** Signing in and out on this phone: which device somebody is here, and a sign-out that outlives lost coverage. */
import type { SignInOutcome } from "../ports";
import type { DeviceStore } from "../store/device";
import type { BoundTransport } from "../transport/http";

export interface AccountParts {
  transport: BoundTransport;
  device: DeviceStore;
  newId: () => string;
  deviceName: string;
}

/** Sign in as the device this user is here; two users of one phone are two devices. */
export async function signInHere(
  { transport, device, newId, deviceName }: AccountParts, email: string, password: string,
): Promise<SignInOutcome> {
  const attempt = (id: string): Promise<SignInOutcome> => transport.signIn(email, password, id, deviceName);
  const deviceId = await device.deviceFor(email, newId());
  let outcome = await attempt(deviceId);
  if (outcome.kind === "refused" && outcome.slug === "device_of_another") {
    const fresh = newId();
    await device.bind(email, fresh, null);
    outcome = await attempt(fresh);
  }
  if (outcome.kind !== "session") return outcome;
  // A changed address must not leave the queue behind in another device's store.
  const earlier = await device.deviceOfUser(outcome.session.user.id);
  if (earlier !== null && earlier !== outcome.session.device_id) {
    const again = await attempt(earlier);
    if (again.kind === "session") outcome = again;
  }
  await device.bind(email, outcome.session.device_id, outcome.session.user.id);
  await device.keepSession(outcome.session);
  return outcome;
}

/** Tell the server of a sign-out made without coverage; until then the cookie would still open office pages. */
export async function finishSignOut({ transport, device }: AccountParts, isSignedIn: () => boolean): Promise<void> {
  if (isSignedIn() || !(await device.session()).sign_out_due) return;
  transport.bind(null);
  const live = await transport.session();
  if (live.kind === "unreachable" || live.kind === "wait" || isSignedIn()) return;
  if (live.kind === "session") {
    transport.bind(live.session);
    const done = await transport.signOut();
    if (isSignedIn()) return;
    transport.bind(null);
    if (!done) return;
  }
  await device.keepSession(null);
}
