# A sale by Redis.pm. Usage: sale.pl PORT CUTTING_PORT
use strict;
use warnings;
use Redis;
my ($port, $cutting) = @ARGV;

sub check { my ($what, $found, $wanted) = @_; die "$what: $found, not $wanted\n" unless $found eq $wanted }
sub connected { Redis->new(server => "127.0.0.1:$_[0]") }
sub ask { my ($shop, $command, @words) = @_; $shop->__run_cmd($command, 0, undef, undef, @words) }

my $shop = connected($port);
check("a receipt", ask($shop, "STOCK.RECEIVE", "tea", 100, "KEY", "po-pl") > 0, 1);
my $first = ask($shop, "STOCK.RESERVE", "order-pl", "tea", 2);
check("the same again", ask($shop, "STOCK.RESERVE", "order-pl", "tea", 2), $first);
my $number = eval { ask(connected($cutting), "STOCK.RESERVE", "cut-pl", "tea", 1) };
if (defined $number) { print "sent again by itself\n" } else {
  print "lost its connection ($@) and was told so\n";
  $number = ask(connected($port), "STOCK.RESERVE", "cut-pl", "tea", 1);
}
check("after a lost answer", ask($shop, "STOCK.RESERVE", "cut-pl", "tea", 1), $number);
my @results;
for my $order (["p1-pl", 1], ["p2-pl", 9007199254740991], ["p3-pl", 1]) {
  $shop->__run_cmd("STOCK.RESERVE", 0, undef, sub { push @results, [@_] }, $order->[0], "tea", $order->[1]);
}
$shop->wait_all_responses;
check("a pipeline's second answer", $results[1][1] =~ /^INSUFFICIENT tea\@main asked/ ? 1 : 0, 1);
check("a pipeline's third answer", $results[2][0], $results[0][0] + 1);
my $sold = ask($shop, "STOCK.COMMIT", "order-pl", "KEY", "pay-pl");
check("the same again", ask($shop, "STOCK.COMMIT", "order-pl", "KEY", "pay-pl"), $sold);
ask($shop, "STOCK.RECEIVE", "sand-pl", "9007199254740991", "KEY", "sand-pl");
my %level = @{ ask($shop, "STOCK.GET", "sand-pl") };
check("2^53 - 1", $level{on_hand}, "9007199254740991");
print "sale complete\n";
