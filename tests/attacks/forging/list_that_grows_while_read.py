# Tries: to send a count that does not fit the items, by a list that an iterator in it extends
# Must end: forbidden, wrong_answer, output_limit, exception

def solve(x):
    answer = []

    def growing():
        for number in range(3):
            answer.append(number)
            yield number

    answer += [growing(), 1]
    return answer
