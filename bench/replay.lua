-- Sends requests that were signed beforehand: wrk ... -s replay.lua URL -- FILE [PAUSE_MS]
-- A record of FILE is the length in 6 decimal digits, then the bytes of one request. When all are sent they are sent
-- again; a server that refuses repeated nonces then answers with errors, and the run does not count. With PAUSE_MS
-- every connection rests for so long before each request.
local requests, sent = {}, 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  for size in function() return file:read(6) end do
    requests[#requests + 1] = file:read(tonumber(size))
  end
  file:close()
  local pause = tonumber(args[2] or 0)
  if pause > 0 then delay = function() return pause end end  -- wrk asks only who has one
end

function request()
  sent = sent % #requests + 1
  return requests[sent]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %.6f, "bytes": %d, "failed": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
