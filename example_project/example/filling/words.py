"""What people write: sentences that may stand in any order."""

ENTRIES = """
What a lovely place to come back to.
I only meant to look around, and stayed for two hours.
Greetings from the night train to Trieste.
The reading room smells of coffee and old paper, as it should.
My grandmother signed a book like this in 1961; now I sign this one.
Rain again. A good day for the library.
Whoever left the umbrella by the door: thank you, it saved my notes.
I passed the exam!
Three weeks ago I knew nobody here.
The soup on Thursdays is better than people say.
Found a fox's footprint behind the workshop this morning.
We finally fixed the projector, and it was only the cable.
Somebody has been feeding the badger.
First snow on the roof of the observatory.
I have read every page of this book, and I regret nothing.
The garden has tomatoes enough for everybody, please take some.
Thank you all for the music last night.
Started to learn the accordion; sorry, neighbours.
Nothing to report, and that is a good thing for once.
If you find a blue notebook, it is mine, and the poems are not meant to be good.
Long walk to the river and back with people I had never met before.
The new map of the campus has a mistake, and I love it.
It took me a year to write here, and I do not know why.
Congratulations to everybody who finished the statistics course.
Bread is in the oven of the common kitchen until six.
Goodbye for the summer.
Back from the summer.
I brought postcards; they hang beside the stairs.
Today somebody explained recursion to me with two mirrors.
The chess club met in the corridor because the room was full of cake.
Best argument of the year, and we both were wrong.
Small progress is progress.
A heron was standing in the fountain, unimpressed.
Met the person who wrote page forty; we are having lunch tomorrow.
To whoever reads this in ten years: we were happy here.
The lamp in room 12 hums in B flat.
Slept four hours, handed in the essay, would not recommend.
My bicycle is now officially older than I am.
There should be a prize for the quietest person in the library.
I owe the kitchen one teaspoon.
Thanks for the help with the visa forms, you know who you are.
Sunrise from the roof, then straight to bed.
Somebody translated my poem, and it is better now.
The badger was seen at a quarter past four.
Learnt to say thank you in six languages this week.
The lift works. I repeat, the lift works.
""".strip().splitlines()

TITLES = """
How we mapped the old orchard
A week without a phone
Ten things I misunderstood about gravity
What the archive does not tell
Baking bread with strangers
The night shift in the weather station
On learning languages badly
A bridge made of newspaper
Why our robot is afraid of stairs
The honest guide to group work
Notes from the river clean-up
How to read a poem twice
The statistics of lost gloves
Repairing a radio from 1958
Questions to ask before a long walk
What I learnt from failing the first exam
A map of quiet places
The mathematics of folding paper
Interview with the porter
Our first harvest
How to give a talk when nobody listens
The sound of the empty theatre
A short history of the campus cats
Letters from the exchange year
What bees know about cities
Three recipes for the common kitchen
How not to build a kite
The colour of old ink
Open questions about dark chocolate
A plan for the winter garden
""".strip().splitlines()

BODIES = """
It began with a misunderstanding, as most good things here do.
We had planned two afternoons and needed five weeks.
Nobody had told us that the ground slopes by almost a metre from one end to the other.
The first attempt fell apart within an hour; the second lasted until the rain came.
I kept a list of everything that surprised me, and by the end it was longer than the report.
If you want to try it yourself, start small and write down what you do.
The best advice came from somebody who had never done it before.
We measured everything twice, and the two results agreed only once.
There is a difference between knowing how a thing works and having it work in your hands.
Some of the sources contradict each other, and one of them contradicts itself.
What I would do differently: ask earlier, sleep more, and label the cables.
Thanks to the workshop for lending us tools, patience and a great deal of tape.
The pictures hang on the second floor until the end of the month.
I used to think that this was a question of talent; now I think it is one of Tuesdays.
Next time we meet on Wednesday at six, and everybody is welcome, also without any experience.
There are still places where you hear nothing but your own steps.
We counted for thirty days and found a pattern that disappeared on the thirty-first.
It is not finished, and perhaps it should not be.
""".strip().splitlines()

COMMENTS = """
I had never thought of it that way.
Could you say more about the second attempt?
We tried the same in spring, with a worse result and a better lunch.
Count me in for Wednesday.
The picture of the slope explains it best.
I disagree about the tape, but with all the rest I am with you.
This made my morning.
Which source contradicts itself? Asking for a seminar.
My neighbour swears by doing it the other way round.
Thank you for writing down the mistakes as well.
Is there a list of the materials?
I would love to see the numbers of the thirty-first day.
Please write the next part!
Labelled cables save friendships.
A very small correction: the orchard is older than that.
We need this in the library.
It works with oat flour, too.
I laughed, and then I recognised myself.
That is exactly what happened to our group.
Somebody should tell the porter about this.
""".strip().splitlines()

REASONS = """
For carrying forty chairs up the stairs, and down again, without being asked.
For translating the house rules into four languages.
For staying with the exchange students until the last bus had come.
For repairing the projector on a Sunday.
For the best questions of the whole seminar.
For a year of watering other people's tomatoes.
For finding the blue notebook, and not reading it.
For teaching half of the second floor how to solder.
For sitting with everybody who was afraid of the statistics exam.
For the soup.
For cleaning the river bank, every second Saturday, in any weather.
For noticing who was standing alone.
""".strip().splitlines()

TRAININGS = [
    ("First steps in statistics", "statistics", "Averages, chance, and how not to be fooled by either."),
    ("Bread from scratch", "bread", "Flour, water, salt and time; bring an apron."),
    ("Reading old handwriting", "handwriting", "From love letters to land registers, 1650 to 1900."),
    ("Python for the curious", "python", "From the first line to a small program of your own."),
    ("First aid", "first-aid", "What to do until help comes, practised until it is easy."),
    ("Soldering and small circuits", "soldering", "A lamp, a doorbell, a radio."),
    ("Speaking in front of people", "speaking", "For all who would rather not."),
    ("Beekeeping", "bees", "A year with the hives behind the workshop."),
]
