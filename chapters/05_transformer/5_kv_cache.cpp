//: # KV cache
//:
//: Why compute again what was computed for the last token?
//:
//: This section is not written yet. It will build on the decoder loop of section 5.4.

void kv_cache() {}
