/* A sale by hiredis. Usage: sale PORT CUTTING_PORT */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(const char *what, int right) {
  if (right) return;
  printf("%s is wrong\n", what);
  exit(1);
}

static redisContext *connected(const char *port) {
  redisContext *shop = redisConnect("127.0.0.1", atoi(port));
  check("a connection", shop != NULL && !shop->err);
  return shop;
}

static long long number(redisReply *reply) {
  check("an answer", reply != NULL && reply->type == REDIS_REPLY_INTEGER);
  long long value = reply->integer;
  freeReplyObject(reply);
  return value;
}

static long long ask(redisContext *shop, const char *command) { return number(redisCommand(shop, command)); }

int main(int count, char **arguments) {
  check("the arguments", count == 3);
  redisContext *shop = connected(arguments[1]);
  check("a receipt", ask(shop, "STOCK.RECEIVE tea 100 KEY po-c") > 0);
  long long first = ask(shop, "STOCK.RESERVE order-c tea 2");
  check("the same again", ask(shop, "STOCK.RESERVE order-c tea 2") == first);
  redisContext *cut = connected(arguments[2]);
  check("a lost connection", redisCommand(cut, "STOCK.RESERVE cut-c tea 1") == NULL);
  printf("lost its connection (%s) and was told so\n", cut->errstr);
  long long again = ask(connected(arguments[1]), "STOCK.RESERVE cut-c tea 1");
  check("after a lost answer", ask(shop, "STOCK.RESERVE cut-c tea 1") == again);
  redisAppendCommand(shop, "STOCK.RESERVE p1-c tea 1");
  redisAppendCommand(shop, "STOCK.RESERVE p2-c tea 9007199254740991");
  redisAppendCommand(shop, "STOCK.RESERVE p3-c tea 1");
  redisReply *replies[3];
  for (int index = 0; index < 3; index++) check("a pipeline", redisGetReply(shop, (void **)&replies[index]) == REDIS_OK);
  check("a pipeline's second answer", replies[1]->type == REDIS_REPLY_ERROR && !strncmp(replies[1]->str, "INSUFFICIENT tea@main", 21));
  check("a pipeline's third answer", replies[2]->integer == replies[0]->integer + 1);
  long long sold = ask(shop, "STOCK.COMMIT order-c KEY pay-c");
  check("the same again", ask(shop, "STOCK.COMMIT order-c KEY pay-c") == sold);
  ask(shop, "STOCK.RECEIVE sand-c 9007199254740991 KEY sand-c");
  redisReply *level = redisCommand(shop, "STOCK.GET sand-c");
  check("2^53 - 1", level->elements > 5 && !strcmp(level->element[4]->str, "on_hand") && level->element[5]->integer == 9007199254740991LL);
  puts("sale complete");
}
