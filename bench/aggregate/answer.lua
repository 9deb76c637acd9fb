-- The endpoints of endpoints.json on nginx: see nginx.conf.
local cjson = require "cjson"

local branches = endpoints[ngx.var[1]]
local id = ngx.var[2]

local calls = {}
for i, branch in ipairs(branches) do
  local path, query = branch.path:gsub(":id", id):match("^([^?]*)%??(.*)$")
  calls[i] = { "/upstream-" .. branch.timeoutMs .. path, { args = query } }
end

local results = {}
for i, answer in ipairs({ ngx.location.capture_multi(calls) }) do
  if answer.status == 200 and not answer.truncated then
    results[branches[i].name] = cjson.decode(answer.body)
  end
end

local text = cjson.encode(results)
ngx.header.content_type = "application/json"
ngx.header.content_length = #text
ngx.print(text)
