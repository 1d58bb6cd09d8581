// What this package uses of undici, for bundles. Its own index loads WebSocket, mocks and caches besides, which takes a tenth of the
// time of a short command.
const Dispatcher = require("undici/lib/dispatcher/dispatcher");
Object.assign(Dispatcher.prototype, require("undici/lib/api"));

module.exports = {
  Agent: require("undici/lib/dispatcher/agent"),
  ProxyAgent: require("undici/lib/dispatcher/proxy-agent"),
};
