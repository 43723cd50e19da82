//: # Summary: a GPT in one program

void summary() {}
