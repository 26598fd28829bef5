// The life of an instance through the official Node clients, unmodified. Prints one JSON object.
// usage: node life.js openapi|pop http|https ENDPOINT KEY_ID
// The secret comes by ATELIER_TEST_SECRET, the certificate of an https server by NODE_EXTRA_CA_CERTS.
'use strict';
const OpenApi = require('@alicloud/openapi-client');
const Util = require('@alicloud/tea-util');
const { ROAClient } = require('@alicloud/pop-core');

const [, , kind, protocol, endpoint, accessKeyId] = process.argv;
const accessKeySecret = process.env.ATELIER_TEST_SECRET;
const version = '2022-01-01';

function openApiCaller() {
  const client = new OpenApi.default(new OpenApi.Config({ accessKeyId, accessKeySecret, endpoint, protocol }));
  return async (method, path, action, query, body) => {
    const params = new OpenApi.Params({ action, version, protocol: protocol.toUpperCase(), method, authType: 'AK', style: 'ROA',
      pathname: path, reqBodyType: 'json', bodyType: 'json' });
    const request = new OpenApi.OpenApiRequest({ query, body });
    return (await client.callApi(params, request, new Util.RuntimeOptions({}))).body;
  };
}

function popCaller() {
  const client = new ROAClient({ accessKeyId, accessKeySecret, endpoint: `${protocol}://${endpoint}`, apiVersion: version });
  return (method, path, action, query, body) =>
    client.request(method, path, query || {}, body ? JSON.stringify(body) : '', { 'x-acs-action': action });
}

// Polls until the instance is in one of `ends`; adds what it saw on the way to `states`.
async function settled(call, id, states, ends) {
  for (let i = 0; i < 500; ++i) {
    const { Status } = await call('GET', `/api/v2/instances/${id}`, 'GetInstance', {});
    if (states[states.length - 1] !== Status) states.push(Status);
    if (ends.includes(Status)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function main() {
  const call = kind === 'pop' ? popCaller() : openApiCaller();
  const made = await call('POST', '/api/v2/instances', 'CreateInstance', {},
    { InstanceName: `node_${kind}`, ImageId: 'image-lab', EcsSpec: 'ecs.c6.large', Labels: [{ Key: 'from', Value: 'node' }] });
  const id = made.InstanceId;
  const states = [];
  await settled(call, id, states, ['Running', 'Failed']);
  const listed = await call('GET', '/api/v2/instances', 'ListInstances', { WorkspaceId: 'ALL', Labels: '{"from":"node"}', InstanceName: `node_${kind}` });
  let refused = null;
  try {
    await call('GET', '/api/v2/instances', 'ListInstances', { PageSize: '0' });
  } catch (error) {
    refused = { name: error.name, code: error.code, message: error.message };
  }
  await call('PUT', `/api/v2/instances/${id}/stop`, 'StopInstance', {});
  await settled(call, id, states, ['Stopped', 'Failed']);
  await call('DELETE', `/api/v2/instances/${id}`, 'DeleteInstance', {});
  console.log(JSON.stringify({ id, states, total: listed.TotalCount, name: listed.Instances[0].InstanceName, refused }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
