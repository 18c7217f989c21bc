/**
 * What answers and messages are made of besides what is said, as a dictionary for zstd: a piece of 300
 * bytes then costs a quarter. It holds nothing of any user. Stored segments need it for ever: a released
 * dictionary is never edited, a better one gets a codec of its own.
 */

const CHAT = `data: {"id":"chatcmpl-","object":"chat.completion.chunk","created":17,"model":"gpt-5","system_fingerprint":null,"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-","object":"chat.completion.chunk","created":17,"model":"gpt-5","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_","type":"function","function":{"name":"","arguments":""}}]},"finish_reason":null}]}

data: {"id":"chatcmpl-","object":"chat.completion.chunk","created":17,"model":"gpt-5","choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}

data: [DONE]

`;

const RESPONSES = `event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_0","object":"response","created_at":17,"status":"in_progress","background":false,"error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"model":"gpt-5","output":[],"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":"","reasoning":{"effort":"medium","summary":"auto"},"service_tier":"auto","store":false,"temperature":1.0,"text":{"format":{"type":"text"},"verbosity":"medium"},"tool_choice":"auto","tools":[],"top_p":1.0,"truncation":"disabled","usage":null,"user":null,"metadata":{}}}
{"type":"response.created","response":{"id":"resp_0","object":"response","created_at":17,"status":"in_progress","model":"gpt-5","output":[]},"sequence_number":0}
{"type":"response.created","sequence_number":0,"response":{"id":"resp_0","object":"response","status":"in_progress","model":"gpt-5","output":[]}}
{"type":"response.in_progress","sequence_number":1,"response":{"id":"resp_0","object":"response","status":"in_progress","model":"gpt-5","output":[]}}
{"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"rs_0","type":"reasoning","summary":[],"encrypted_content":"gAAAAA"}}
{"type":"response.reasoning_summary_part.added","item_id":"rs_0","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}}
{"type":"response.reasoning_summary_text.delta","item_id":"rs_0","output_index":0,"summary_index":0,"delta":"","obfuscation":""}
{"type":"response.reasoning_summary_text.done","item_id":"rs_0","output_index":0,"summary_index":0,"text":""}
{"type":"response.output_item.added","output_index":0,"item":{"id":"msg_0","type":"message","status":"in_progress","content":[],"role":"assistant"}}
{"type":"response.content_part.added","item_id":"msg_0","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}}
{"type":"response.output_text.delta","content_index":0,"delta":"","item_id":"msg_0","logprobs":[],"obfuscation":"","output_index":0,"sequence_number":4}
{"type":"response.output_text.done","content_index":0,"item_id":"msg_0","logprobs":[],"output_index":0,"text":""}
{"type":"response.content_part.done","item_id":"msg_0","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}}
{"type":"response.output_item.done","output_index":0,"item":{"id":"msg_0","type":"message","status":"completed","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":""}],"role":"assistant"}}
{"type":"response.output_item.added","output_index":1,"item":{"id":"ctc_0","type":"custom_tool_call","status":"in_progress","call_id":"call_","input":"","name":"exec"}}
{"type":"response.custom_tool_call_input.delta","item_id":"ctc_0","output_index":1,"delta":""}
{"type":"response.output_item.added","output_index":1,"item":{"id":"fc_0","type":"function_call","status":"in_progress","arguments":"","call_id":"call_","name":"exec_command"}}
{"type":"response.function_call_arguments.delta","delta":"","item_id":"fc_0","output_index":1,"sequence_number":9}
{"type":"response.function_call_arguments.done","arguments":"","item_id":"fc_0","output_index":1}
{"type":"response.output_item.done","output_index":1,"item":{"id":"fc_0","type":"function_call","status":"completed","arguments":"","call_id":"call_","name":"exec_command"}}
{"type":"response.completed","response":{"id":"resp_0","object":"response","status":"completed","model":"gpt-5","output":[{"id":"msg_0","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"","annotations":[]}]},{"id":"fc_0","type":"function_call","name":"","call_id":"call_","status":"completed","arguments":""}],"usage":{"input_tokens":0,"input_tokens_details":{"cached_tokens":0},"output_tokens":0,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":0}}}
`;

const MESSAGES = `{"role":"system","content":""},{"role":"user","content":""},{"role":"assistant","content":"","tool_calls":[{"id":"call_","type":"function","function":{"name":"","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_","content":""}
{"type":"message","role":"user","content":[{"type":"input_text","text":""}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":""}]},{"type":"function_call","name":"","arguments":"{}","call_id":"call_"},{"type":"function_call_output","call_id":"call_","output":""},{"type":"custom_tool_call_output","call_id":"call_","output":[{"type":"input_text","text":""}]},{"type":"reasoning","summary":[{"type":"summary_text","text":""}],"content":null,"encrypted_content":"gAAAAA"}
{"type":"response.create","model":"gpt-5","previous_response_id":"resp_0","input":[],"tool_choice":"auto","parallel_tool_calls":true,"reasoning":{"effort":"medium","summary":"auto"},"store":false,"stream":true,"include":["reasoning.encrypted_content"],"prompt_cache_key":"","client_metadata":{}}
{"role":"user","content":[{"type":"text","text":"<system-reminder>\\n"},{"type":"text","text":"","cache_control":{"type":"ephemeral"}}]}
{"role":"user","content":[{"tool_use_id":"toolu_01","type":"tool_result","content":"","is_error":true,"cache_control":{"type":"ephemeral"}}]}
{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_01","content":[{"type":"text","text":""}]}]}
{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"Er"},{"type":"text","text":""},{"type":"tool_use","id":"toolu_01","name":"Bash","input":{"command":"","description":"","timeout":120000}},{"type":"tool_use","id":"toolu_01","name":"Edit","input":{"file_path":"/home/","old_string":"","new_string":"","replace_all":false}},{"type":"tool_use","id":"toolu_01","name":"Grep","input":{"pattern":"","path":"","output_mode":"content"}},{"type":"tool_use","id":"toolu_01","name":"Read","input":{"file_path":"/home/","offset":1,"limit":100}}]}
[{"type":"thinking","text":""},{"type":"text","text":""},{"type":"tool-call","id":"call_","name":"exec_command","arguments":"{\\"cmd\\":\\"\\",\\"workdir\\":\\"/home/\\"}"},{"type":"tool-call","id":"toolu_01","name":"Bash","arguments":"{\\"command\\":\\"\\",\\"description\\":\\"\\"}"},{"type":"tool-call","id":"toolu_01","name":"Read","arguments":"{\\"file_path\\":\\"/home/\\"}"},{"type":"tool-call","id":"toolu_01","name":"Edit","arguments":"{\\"file_path\\":\\"/home/\\",\\"old_string\\":\\"\\",\\"new_string\\":\\"\\"}"}]
`;

const ANTHROPIC = `event: message_start
data: {"type":"message_start","message":{"model":"claude-opus-5-5","id":"msg_01","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":1,"service_tier":"standard"}}}

event: ping
data: {"type":"ping"}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"Er"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":""}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: content_block_start
data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_01","name":"","input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}

event: content_block_stop
data: {"type":"content_block_stop","index":2}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":0,"service_tier":"standard"}}

event: message_stop
data: {"type":"message_stop"}

{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_01"}
`;

/** For messages and their parts. Small, since it is loaded with each use. */
export const MESSAGE_DICTIONARY: Uint8Array = Buffer.from(MESSAGES);
/** For the streams of answers. */
export const ANSWER_DICTIONARY: Uint8Array = Buffer.from(CHAT + RESPONSES + ANTHROPIC);
