/**
 * A real Kafka for tests and for a person: brokers in KRaft mode out of jars from Maven Central, on free ports of 127.0.0.1, with their data in a folder of
 * their own. Wants Java 17 and Maven; the product does not. The jars are fetched once for each version and kept in `<cache>/kafka-jars-<hash of the pom>`.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endStray, noteStarted } from '../cluster/stray.ts';

const run = promisify(execFile);
const HERE = import.meta.dirname;
const START_MS_MAX = 180_000;
const LOOK_MS = 50;
const HEAP = '-Xmx384m';

export interface BrokersOptions {
  /** 1 or 3; the first is the controller's too. */
  readonly brokers?: number;
  /** Of data and logs; a temporary one unless given. */
  readonly folder?: string;
  /** Where jars are kept. */
  readonly cache?: string;
  /** Of the first broker; a free one unless given. */
  readonly port?: number;
  /** Ports that brokers tell clients instead of their own: of whatever stands in front of each. Told apart from what brokers say to each other. */
  readonly advertised?: readonly number[];
  /** Listens with SASL/PLAIN and knows this user alone. */
  readonly user?: { readonly name: string; readonly password: string };
}

export interface Brokers {
  /** `host:port` of each. */
  readonly addresses: readonly string[];
  /** SIGKILL: as a machine that loses its power. */
  kill(index: number): Promise<void>;
  /** SIGTERM: it hands over what it leads, then ends. */
  leave(index: number): Promise<void>;
  start(index: number): Promise<void>;
  stop(): Promise<void>;
}

/** Why there can be none here, or null. Where REQUIRE_KAFKA is set there has to be one. */
export async function noKafka(): Promise<string | null> {
  for (const program of [['java', '-version'], ['mvn', '-version']] as const)
    try {
      await run(program[0], [program[1]]);
    } catch {
      if (process.env['REQUIRE_KAFKA'] === '1') throw new Error(`REQUIRE_KAFKA is set, and there is no ${program[0]} on the PATH`);
      return `no ${program[0]} is on the PATH (Debian: apt-get install openjdk-17-jre-headless maven)`;
    }
  return null;
}

export async function kafkaJars(cache = path.join(os.homedir(), '.cache', 'pms')): Promise<string> {
  const pom = path.join(HERE, 'pom.xml');
  const folder = path.join(cache, `kafka-jars-${createHash('sha256').update(fs.readFileSync(pom)).digest('hex').slice(0, 12)}`);
  if (fs.existsSync(folder)) return folder;
  const made = `${folder}.${process.pid}`;
  await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${made}`, '-DincludeScope=runtime'], { maxBuffer: 64 * 1024 * 1024 });
  try {
    fs.renameSync(made, folder);
  } catch {
    fs.rmSync(made, { recursive: true, force: true }); // another was faster
  }
  return folder;
}

interface Node {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number | null;
  readonly folder: string;
  /** What clients are told, and the port for the other brokers; null where both have one. */
  readonly apart: { readonly advertised: number; readonly innerPort: number } | null;
}

export async function startBrokers({ brokers: count = 1, folder: given, cache, port, user, advertised }: BrokersOptions = {}): Promise<Brokers> {
  const jars = await kafkaJars(cache);
  const folder = given ?? fs.mkdtempSync(path.join(os.tmpdir(), 'pms-kafka-'));
  const ports = await freePorts(2 * count + 1);
  const nodes = Array.from({ length: count }, (_, at): Node => ({
    id: at + 1, port: at === 0 && port !== undefined ? port : ports[at] ?? 0, controllerPort: at === 0 ? ports[count] ?? 0 : null, folder: path.join(folder, `node-${at + 1}`),
    apart: advertised === undefined ? null : { advertised: advertised[at] ?? 0, innerPort: ports[count + 1 + at] ?? 0 },
  }));
  const cluster = { jars, count, controllerPort: ports[count] ?? 0, id: clusterId(folder), user };
  const running = new Map<number, ChildProcess>();
  const start = async (index: number): Promise<void> => {
    const node = nodes[index];
    if (node !== undefined) running.set(index, await startNode(node, cluster));
  };
  const end = async (index: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const child = running.get(index);
    running.delete(index);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  try {
    await start(0); // the controller, whom the others ask
    await Promise.all([...nodes.keys()].slice(1).map(start));
  } catch (error) {
    for (const at of nodes.keys()) await end(at, 'SIGKILL');
    throw error;
  }
  return {
    addresses: nodes.map((node) => `127.0.0.1:${node.port}`), start,
    kill: (index) => end(index, 'SIGKILL'),
    leave: (index) => end(index, 'SIGTERM'),
    async stop() {
      // What is kept is closed in good order; what is thrown away need not be.
      for (const at of [...running.keys()].toReversed()) await end(at, given === undefined ? 'SIGKILL' : 'SIGTERM');
      if (given === undefined) fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Cluster { readonly jars: string; readonly count: number; readonly controllerPort: number; readonly id: string; readonly user: BrokersOptions['user'] }

/** The same as long as the folder is kept: a broker refuses data of another cluster. */
function clusterId(folder: string): string {
  const file = path.join(folder, 'cluster-id');
  if (fs.existsSync(file)) return fs.readFileSync(file, 'utf8');
  fs.mkdirSync(folder, { recursive: true });
  const id = randomBytes(16).toString('base64url');
  fs.writeFileSync(file, id);
  return id;
}

async function startNode(node: Node, cluster: Cluster): Promise<ChildProcess> {
  fs.mkdirSync(node.folder, { recursive: true });
  const file = path.join(node.folder, 'server.properties');
  const note = path.join(node.folder, 'process.json');
  endStray(note);
  fs.writeFileSync(file, propertiesOf(node, cluster));
  const classpath = path.join(cluster.jars, '*');
  if (!fs.existsSync(path.join(node.folder, 'data', 'meta.properties')))
    await run('java', ['-cp', classpath, 'kafka.tools.StorageTool', 'format', '-t', cluster.id, '-c', file, ...(node.controllerPort === null ? ['--no-initial-controllers'] : ['--standalone'])]);
  const log = path.join(node.folder, 'log.txt');
  const out = fs.openSync(log, 'w');
  // in a group of its own: a Ctrl-C is for whoever started it, who ends it after those that use it
  const child = spawn('java', [HEAP, '-cp', classpath, 'kafka.Kafka', file], { detached: true, stdio: ['ignore', out, out] });
  fs.closeSync(out);
  noteStarted(note, child.pid, file);
  for (const end = Date.now() + START_MS_MAX; ;) {
    const said = fs.readFileSync(log, 'utf8');
    if (said.includes('Kafka Server started')) return child;
    if (child.exitCode !== null || Date.now() > end) {
      child.kill('SIGKILL');
      throw new Error(`the broker did not start: ${said.slice(-2_000)}`);
    }
    await delay(LOOK_MS);
  }
}

function propertiesOf({ id, port, controllerPort, folder, apart }: Node, { count, controllerPort: controller, user }: Cluster): string {
  const listener = user === undefined ? 'PLAINTEXT' : 'SASL_PLAINTEXT';
  const replicas = Math.min(count, 3);
  const inner = apart === null ? '' : `,INNER://127.0.0.1:${apart.innerPort}`;
  const all: Record<string, string | number> = {
    'process.roles': controllerPort === null ? 'broker' : 'broker,controller', 'node.id': id,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controller}`, 'controller.listener.names': 'CONTROLLER',
    listeners: `OUTER://127.0.0.1:${port}${inner}${controllerPort === null ? '' : `,CONTROLLER://127.0.0.1:${controllerPort}`}`,
    'advertised.listeners': `OUTER://127.0.0.1:${apart?.advertised ?? port}${inner}`, 'inter.broker.listener.name': apart === null ? 'OUTER' : 'INNER',
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,OUTER:${listener},INNER:PLAINTEXT`,
    'log.dirs': path.join(folder, 'data'), 'auto.create.topics.enable': 'false', 'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.replication.factor': replicas, 'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas, 'transaction.state.log.min.isr': 1, 'transaction.state.log.num.partitions': 4,
    'broker.session.timeout.ms': 6_000, 'replica.lag.time.max.ms': 6_000,
  };
  if (user !== undefined) {
    const login = `org.apache.kafka.common.security.plain.PlainLoginModule required username="${user.name}" password="${user.password}" user_${user.name}="${user.password}";`;
    Object.assign(all, { 'sasl.enabled.mechanisms': 'PLAIN', 'sasl.mechanism.inter.broker.protocol': 'PLAIN', 'listener.name.outer.plain.sasl.jaas.config': login });
  }
  return `${Object.entries(all).map(([key, value]) => `${key}=${String(value)}`).join('\n')}\n`;
}

/** Held open together, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
  return ports;
}
