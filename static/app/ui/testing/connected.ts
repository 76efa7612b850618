/** A phone on the model server with the screens' bridge connected to it: what actions and undo stand on. */
import { ModelServer } from "../../sync/testing/modelServer";
import { Network } from "../../sync/testing/network";
import { Phone } from "../../sync/testing/phone";
import { SeededRandom, World } from "../../sync/testing/virtualClock";
import { connect, type Parts } from "../state";

export interface Connected {
  world: World;
  server: ModelServer;
  network: Network;
  phone: Phone;
}

export async function connectedPhone(prepare?: (network: Network) => void): Promise<Connected> {
  const world = new World();
  const server = new ModelServer(() => world.time);
  const network = new Network(world, server, new SeededRandom(1));
  prepare?.(network);
  const phone = new Phone(world, network, 1);
  await phone.open();
  await phone.signIn("demo1");
  begin(phone);
  return { world, server, network, phone };
}

/** Connects the screens to a phone, anew after it was restarted. */
export function begin(phone: Phone): void {
  connect({ app: phone.app, updates: { state: () => "none", onState: () => () => undefined }, platform: { ios: false, installed: true } } as unknown as Parts);
}
