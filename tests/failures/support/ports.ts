/** Free ports of 127.0.0.1, held open together so that they differ. */
import { once } from 'node:events';
import net from 'node:net';

export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }));
  const ports = held.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(held.map((server) => { server.close(); return once(server, 'close'); }));
  return ports;
}
